"""Chains of logins: each of a source no more than the size after the one before."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from whotop.core.windows import LOGINS_KEPT, LoginWindows, Series, WindowLogin, inserted, time_us


class GapWindows(LoginWindows):
    """A chain has no greatest length; it is over when the size has passed without a login."""

    def __init__(self, size_us: int, *, logins_kept: int = LOGINS_KEPT) -> None:
        super().__init__(size_us)
        self._chains: dict[str, list[list[WindowLogin]]] = {}
        """Of every source, by time; a login alone is a chain too."""
        self._logins_kept = logins_kept
        self._logins_held = 0

    def add(self, source: str, user: str, machine: str, time_us: int, event_key: bytes) -> Series | None:
        """Count one login: it begins a chain, makes one longer, or joins two."""
        if self._logins_held >= self._logins_kept:
            self._drop_oldest_quarter()
        login = WindowLogin(user, machine, time_us, event_key)
        self._logins_held += 1
        chains = self._chains.get(source)
        if chains is None:
            self._chains[source] = [[login]]
            return None
        newest = chains[-1]
        if 0 <= time_us - newest[-1].time_us <= self.size_us:
            newest.append(login)
            return _series(source, newest)
        chain = self._placed(chains, login)
        return _series(source, chain) if len(chain) > 1 else None

    def _placed(self, chains: list[list[WindowLogin]], login: WindowLogin) -> list[WindowLogin]:
        """The chain that the login is in now: a new list of all those that it lies near to."""
        first = bisect_left(chains, login.time_us - self.size_us, key=_last_us)
        end = bisect_right(chains, login.time_us + self.size_us, key=_first_us)
        chain = inserted([each for chain in chains[first:end] for each in chain], login)
        chains[first:end] = [chain]
        return chain

    def series(self) -> Iterator[Series]:
        """All series held, by source and time."""
        for source, chains in self._chains.items():
            for chain in chains:
                if len(chain) > 1:
                    yield _series(source, chain)

    def expire(self, before_us: int) -> None:
        """Forget the chains that are over at ``before_us``."""
        oldest_us = before_us - self.size_us
        for source, chains in list(self._chains.items()):
            if chains[0][-1].time_us < oldest_us:
                self._keep(source, [chain for chain in chains if chain[-1].time_us >= oldest_us])

    def _drop_oldest_quarter(self) -> None:
        """Of all logins; a chain may lose its beginning."""
        logins = [login for chains in self._chains.values() for chain in chains for login in chain]
        oldest_us = sorted(map(time_us, logins))[len(logins) // 4]
        for source, chains in list(self._chains.items()):
            cut = [chain[bisect_right(chain, oldest_us, key=time_us) :] for chain in chains]
            self._keep(source, [chain for chain in cut if chain])

    def _keep(self, source: str, chains: list[list[WindowLogin]]) -> None:
        self._logins_held -= sum(map(len, self._chains[source])) - sum(map(len, chains))
        if chains:
            self._chains[source] = chains
        else:
            del self._chains[source]


def _series(source: str, chain: list[WindowLogin]) -> Series:
    return Series(source, chain[0].time_us, len(chain), chain)


def _first_us(chain: list[WindowLogin]) -> int:
    return chain[0].time_us


def _last_us(chain: list[WindowLogin]) -> int:
    return chain[-1].time_us

"""Windows of logins: which sources logged in more than once within one.

Tumbling ones are here, sliding ones and gaps beside: all count logins as they come, late ones too.
Given the same start and logins, any order of arrival gives the same series, and the batch analyser
(``analyse/login_windows``) the same again.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Iterator
from typing import Literal, TypeAlias

import msgspec

WindowMode: TypeAlias = Literal["tumbling", "sliding", "gap"]

LOGINS_KEPT = 200_000
"""When more are held (about 40 MB), the oldest go: nothing that machines send fills the memory."""


class WindowLogin(msgspec.Struct, frozen=True, gc=False):
    """One login of a series."""

    user: str
    machine: str
    time_us: int
    key: bytes
    """Of its event."""


class Series(msgspec.Struct, frozen=True, gc=False, eq=False):
    """The logins of one source in one window, two or more, as they were when it was made.

    It shares the window's list, which only ever grows behind ``count``: making one costs the same
    however long it is.
    """

    source: str
    window_start_us: int
    """Of a sliding window and of a gap: when the first login was."""
    count: int
    shared: list[WindowLogin]
    """Read ``logins`` instead: this list may have grown."""
    begin: int = 0
    """Where in the list it begins."""

    @property
    def first_us(self) -> int:
        """When the earliest was."""
        return self.nth_us(1)

    @property
    def last_us(self) -> int:
        """When the latest was."""
        return self.nth_us(self.count)

    def nth_us(self, number: int) -> int:
        """When the login of that number was, counted from 1."""
        return self.shared[self.begin + number - 1].time_us

    @property
    def logins(self) -> tuple[WindowLogin, ...]:
        """All of them, by time, equal times in the order in which they came."""
        return self.latest(self.count)

    def latest(self, count: int) -> tuple[WindowLogin, ...]:
        """The last ``count`` of them."""
        end = self.begin + self.count
        return tuple(self.shared[max(end - count, self.begin) : end])


class LoginWindows(ABC):
    """Windows of ``size_us`` in one of the modes, filled by logins in any order."""

    def __init__(self, size_us: int) -> None:
        if size_us <= 0:
            raise ValueError(f"a window of {size_us} µs holds nothing")
        self.size_us = size_us

    @abstractmethod
    def add(self, source: str, user: str, machine: str, time_us: int, event_key: bytes) -> Series | None:
        """Count one login, and give its source's series when it has one, grown by this login.

        An empty source is a source like any other (so the old batch analyser counts it); rule
        ``logins`` leaves those out.
        """

    @abstractmethod
    def series(self) -> Iterator[Series]:
        """All series held."""

    @abstractmethod
    def expire(self, before_us: int) -> None:
        """Forget what no login at ``before_us`` or later can add to."""


class Window:
    """What one window holds. Most sources log in once in it, and cost no list."""

    __slots__ = ("firsts", "several")

    def __init__(self) -> None:
        self.firsts: dict[str, WindowLogin] = {}
        """Of every source, the login that came first."""
        self.several: dict[str, list[WindowLogin]] = {}
        """Of the sources with more than one, all of them by time."""

    def __len__(self) -> int:
        return len(self.firsts) + sum(map(len, self.several.values())) - len(self.several)


class TumblingWindows(LoginWindows):
    """[start + n·size, start + (n+1)·size) from ``start_us`` on (and before it), in exact elapsed time.

    They never move: a restart or a late login changes nothing but what a window holds.
    """

    def __init__(self, size_us: int, start_us: int = 0, *, logins_kept: int = LOGINS_KEPT) -> None:
        super().__init__(size_us)
        self.start_us = start_us
        self._windows: dict[int, Window] = {}
        self._logins_kept = logins_kept
        self._logins_held = 0

    def add(self, source: str, user: str, machine: str, time_us: int, event_key: bytes) -> Series | None:
        """Count one login in the window of its time."""
        if self._logins_held >= self._logins_kept:
            self._drop(min(self._windows))
        number = (time_us - self.start_us) // self.size_us
        window = self._windows.get(number)
        if window is None:
            window = self._windows[number] = Window()
        login = WindowLogin(user, machine, time_us, event_key)
        self._logins_held += 1
        first = window.firsts.setdefault(source, login)
        if first is login:
            return None
        logins = window.several.get(source)
        if logins is None:
            logins = window.several[source] = [first]
        if time_us >= logins[-1].time_us:
            logins.append(login)
        else:
            logins = window.several[source] = inserted(logins, login)
        return Series(source, self.start_us + number * self.size_us, len(logins), logins)

    def series(self) -> Iterator[Series]:
        """All series held, windows in order, sources in the order in which they first logged in."""
        for number in sorted(self._windows):
            window, window_start_us = self._windows[number], self.start_us + number * self.size_us
            for source in window.firsts:
                logins = window.several.get(source)
                if logins is not None:
                    yield Series(source, window_start_us, len(logins), logins)

    def expire(self, before_us: int) -> None:
        """Forget the windows that end at ``before_us`` or earlier."""
        last = (before_us - self.start_us) // self.size_us
        for number in [number for number in self._windows if number < last]:
            self._drop(number)

    def _drop(self, number: int) -> None:
        self._logins_held -= len(self._windows.pop(number))


def inserted(logins: list[WindowLogin], login: WindowLogin) -> list[WindowLogin]:
    """A new list with a late login in its place; series made before keep the old one."""
    place = bisect_right(logins, login.time_us, key=time_us)
    return [*logins[:place], login, *logins[place:]]


def time_us(login: WindowLogin) -> int:
    """What logins are ordered by."""
    return login.time_us

"""Attacks: what sources have failed at, each over all machines; what the rules about failures remember.

A flood of sources fills no memory: when too many places are followed, the source that failed
longest ago is forgotten.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from functools import lru_cache
from ipaddress import IPv4Address
from typing import TypeVar

from whotop.core.networks import address_of, network_of
from whotop.model import Alert, Event, Standing

PLACES_KEPT = 10_000
"""Sources on machines."""
TIMES_KEPT = 128
USERS_KEPT = 1_000
EVIDENCE_KEPT = 100

_LOOPBACK = 127
_LATE = Standing.LATE
_Kept = TypeVar("_Kept", int, bytes)

Attacker = tuple[str, str]
"""Machine and source; the machine is empty where the source is one place for all machines."""


def attacker_of(machine: str, source: str) -> Attacker:
    """Who fails. The console of one machine, and its own address, are not those of another."""
    return (machine if is_of_machine(source) else "", source)


@lru_cache(maxsize=65_536)
def is_of_machine(source: str) -> bool:
    """Whether a source means another place on every machine."""
    address = address_of(source)
    if isinstance(address, IPv4Address):
        return int(address) >> 24 == _LOOPBACK  # A fifteenth of what ``is_loopback`` takes.
    if address is not None:
        return address.is_loopback
    return source in ("", "localhost") or not network_of(source)


class Attack:
    """What one source has failed at since it began."""

    __slots__ = (
        *("_kept", "count", "evidence", "failures_us", "fresh", "is_late", "last_us", "of_machine", "users"),
        *("told_by", "told_count", "told_machines", "told_us"),
    )

    def __init__(self, times_kept: int = TIMES_KEPT) -> None:
        self._kept = times_kept
        self.count = self.fresh = 0
        """All of them; those that have come since whotop was started."""
        # Lists, for most sources fail once: an empty deque takes 600 bytes, and as long to make as to use once.
        self.failures_us: list[int] = []
        """The latest, on all machines."""
        self.of_machine: dict[str, list[int]] = {}
        """The latest, on each machine."""
        self.users: set[str] = set()
        self.evidence: list[bytes] = []
        self.last_us = 0
        """When the latest was."""
        self.is_late = False
        self.told_by = b""
        """The key of the alert that tells of it; what it has told:"""
        self.told_count = self.told_machines = self.told_us = 0

    def add(self, failure: Event, time_us: int) -> None:
        """One more."""
        self.count += 1
        if time_us > self.last_us:
            self.last_us = time_us
        _keep(self.failures_us, time_us, self._kept)
        times = self.of_machine.get(failure.machine)
        if times is None:
            self.of_machine[failure.machine] = [time_us]
        else:
            _keep(times, time_us, self._kept)
        _keep(self.evidence, failure.key, EVIDENCE_KEPT)
        self.is_late = failure.standing is _LATE
        if len(self.users) < USERS_KEPT:
            self.users.add(failure.user)

    def adopt(self, alert: Alert) -> None:
        """Go on where an alert of before left off; it is taken up once."""
        if self.told_by == alert.key:
            return
        self.told_by = alert.key
        self.count = max(self.count, alert.count + self.fresh)
        for machine in alert.machines or (alert.machine,):
            self.of_machine.setdefault(machine, [])

    def within(self, from_us: int, until_us: int, machine: str | None = None) -> int:
        """How many in [from, until], on one machine or on all."""
        times = self.failures_us if machine is None else self.of_machine.get(machine, ())
        return sum(from_us <= time_us <= until_us for time_us in times)


def _keep(latest: list[_Kept], one: _Kept, most: int) -> None:
    """One more at the end, and no more than that."""
    latest.append(one)
    if len(latest) > most:
        del latest[0]


class Attacks:
    """All that go on, the one that failed last at the end."""

    def __init__(self, times_kept: int) -> None:
        self._times_kept = max(times_kept, TIMES_KEPT)
        self._attacks: OrderedDict[Attacker, Attack] = OrderedDict()
        """A plain dict whose first key is deleted again and again takes ever longer to find the next first one."""
        self._places = 0

    def __len__(self) -> int:
        return self._places

    def get(self, attacker: Attacker) -> Attack | None:
        """What a source has failed at."""
        return self._attacks.get(attacker)

    def of(self, machine: str, source: str) -> Attack | None:
        """The same, where nobody knows yet whether the source is one place for all machines."""
        return self._attacks.get(("", source)) or self._attacks.get((machine, source))

    def add(self, attacker: Attacker, failure: Event, time_us: int, quiet_us: int | None) -> Attack:
        """One more failure: it belongs to the attack before, unless that had been quiet for longer than this."""
        attack = self._attacks.pop(attacker, None)
        if attack is not None and quiet_us is not None and time_us - attack.last_us > quiet_us:
            self._places -= len(attack.of_machine)
            attack = None
        if attack is None:
            attack = Attack(self._times_kept)
        self._attacks[attacker] = attack
        self._places -= len(attack.of_machine)
        attack.add(failure, time_us)
        self._places += len(attack.of_machine)
        while self._places > PLACES_KEPT and len(self._attacks) > 1:
            self._drop(next(iter(self._attacks)))
        return attack

    def adopt(self, attack: Attack, alert: Alert) -> None:
        """Let an attack go on where an alert of before left off."""
        self._places -= len(attack.of_machine)
        attack.adopt(alert)
        self._places += len(attack.of_machine)

    def expire(self, before_us: int) -> None:
        """Forget those that have been quiet since."""
        while self._attacks and next(iter(self._attacks.values())).last_us < before_us:
            self._drop(next(iter(self._attacks)))

    def forget(self, machine: str) -> None:
        """A machine is watched no longer."""
        for attacker in list(self._on(machine)):
            attack = self._attacks[attacker]
            del attack.of_machine[machine]
            self._places -= 1
            if not attack.of_machine:
                self._drop(attacker)

    def _on(self, machine: str) -> Iterator[Attacker]:
        return (attacker for attacker, attack in self._attacks.items() if machine in attack.of_machine)

    def _drop(self, attacker: Attacker) -> None:
        self._places -= len(self._attacks.pop(attacker).of_machine)

"""Attacks: what sources have failed at, each over all machines; what the rules about failures remember.

A flood of sources fills no memory: when too many places are followed, the source that failed
longest ago is forgotten.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import OrderedDict
from collections.abc import Callable, Iterator
from functools import lru_cache
from ipaddress import IPv4Address

import msgspec

from whotop.core.networks import address_of, network_of
from whotop.core.rules.evidence import Evidence
from whotop.model import Alert, Event, Standing

PLACES_KEPT = 10_000
"""Sources on machines."""
TIMES_KEPT = 128
USERS_KEPT = 1_000

_LOOPBACK = 127
_LATE = Standing.LATE

Attacker = tuple[str, str]
"""Machine and source; the machine is empty where the source is one place for all machines."""


def attacker_of(machine: str, source: str) -> Attacker:
    """Who fails. The console of one machine, and its own address, are not those of another."""
    return _on_all_machines(source) or (machine, source)


@lru_cache(maxsize=65_536)
def _on_all_machines(source: str) -> Attacker | None:
    return None if _is_of_machine(source) else ("", source)


def _is_of_machine(source: str) -> bool:
    """Whether a source means another place on every machine."""
    address = address_of(source)
    if isinstance(address, IPv4Address):
        return int(address) >> 24 == _LOOPBACK  # A fifteenth of what ``is_loopback`` takes.
    if address is not None:
        return address.is_loopback
    return source in ("", "localhost") or not network_of(source)


class Attack(msgspec.Struct):
    """What one source has failed at since it began."""

    times_kept: int = TIMES_KEPT
    count: int = 0
    """All of them."""
    fresh: int = 0
    """Those that have come since whotop was started."""
    # Lists, for most sources fail once: an empty deque takes 600 bytes, and as long to make as to use once.
    failures_us: list[int] = []
    """The latest, on all machines, by time."""
    of_machine: dict[str, list[int]] = {}
    """The latest, on each machine."""
    users: set[str] = set()
    evidence: Evidence = msgspec.field(default_factory=Evidence)
    last_us: int = 0
    """When the latest was."""
    is_late: bool = False
    told_by: bytes = b""
    """The key of the alert that tells of it; what it has told:"""
    told_count: int = 0
    told_machines: int = 0
    told_us: int = 0

    def add(self, failure: Event, time_us: int) -> None:
        """One more; of each list there are no more than are kept."""
        self.count += 1
        self.is_late = failure.standing is _LATE
        put: Callable[[list[int], int], None] = insort
        if time_us >= self.last_us:
            self.last_us, put = time_us, list.append
        failures_us, times_us = self.failures_us, self.of_machine.get(failure.machine)
        put(failures_us, time_us)
        if len(failures_us) > self.times_kept:
            del failures_us[0]
        if times_us is None:
            self.of_machine[failure.machine] = [time_us]
        else:
            put(times_us, time_us)
            if len(times_us) > self.times_kept:
                del times_us[0]
        self.evidence.add(failure.key)
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
        times_us = self.failures_us if machine is None else self.of_machine.get(machine, ())
        return bisect_right(times_us, until_us) - bisect_left(times_us, from_us)

    def has_failed(self, count: int, fleet_count: int, machine: str, from_us: int, until_us: int) -> bool:
        """Whether these are so many, on one machine or on all."""
        # Most have failed a few times at all: their times need not be looked at.
        if len(self.of_machine.get(machine, ())) >= count and self.within(from_us, until_us, machine) >= count:
            return True
        return len(self.failures_us) >= fleet_count and self.within(from_us, until_us) >= fleet_count


class Attacks:
    """All that go on, the one that failed last at the end.

    One is over when it has been quiet for ``quiet_us``, unless an alert still tells of it.
    """

    def __init__(self, times_kept: int, quiet_us: int, is_told: Callable[[Attacker], bool]) -> None:
        self._times_kept = max(times_kept, TIMES_KEPT)
        self._quiet_us, self._is_told = quiet_us, is_told
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

    def add(self, attacker: Attacker, failure: Event, time_us: int) -> Attack:
        """One more failure: it belongs to the attack before, unless that is over."""
        attack = self._attacks.get(attacker)
        if attack is not None and time_us - attack.last_us > self._quiet_us and not self._is_told(attacker):
            self._drop(attacker)
            attack = None
        if attack is None:
            attack = self._attacks[attacker] = Attack(self._times_kept)
        else:
            self._attacks.move_to_end(attacker)
        places = len(attack.of_machine)
        attack.add(failure, time_us)
        if len(attack.of_machine) > places:
            self._places += 1
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

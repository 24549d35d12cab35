"""The failure book: how many logins failed in the last hour and day, by machine, user and source.

A fleet keeps its newest events only, and one password guesser makes more of them in an hour: what
is counted is therefore counted apart, by the minute for an hour and by the hour for a day. Times are
on whotop's clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import takewhile
from typing import NamedTuple

import msgspec

from whotop.clock import DAY_US, HOUR_US, MINUTE_US
from whotop.model import Event

HOUR_MINUTES, DAY_HOURS = 60, 24
TALLIES_KEPT = 20_000
"""Further users and sources of a machine are counted together: names cost an attacker nothing."""
OTHERS = "(others)"


class Counts(msgspec.Struct):
    """How many in each minute and in each hour, both numbered from 1970 on."""

    minutes: dict[int, int] = {}
    hours: dict[int, int] = {}

    def add(self, time_us: int) -> None:
        """Count one."""
        minute, hour = time_us // MINUTE_US, time_us // HOUR_US
        if minute in self.minutes:
            self.minutes[minute] += 1
            self.hours[hour] = self.hours.get(hour, 0) + 1
            return
        _add(self.minutes, minute, 1, HOUR_MINUTES)
        _add(self.hours, hour, 1, DAY_HOURS)

    def merge(self, other: Counts, sign: int = 1) -> None:
        """Count what another one counted, or with ``sign`` -1 no longer."""
        for minute, count in other.minutes.items():
            _add(self.minutes, minute, sign * count, HOUR_MINUTES)
        for hour, count in other.hours.items():
            _add(self.hours, hour, sign * count, DAY_HOURS)

    def copied(self) -> Counts:
        """The same, to be counted on apart."""
        return Counts(dict(self.minutes), dict(self.hours))

    def in_hour(self, now_us: int) -> int:
        """How many in the last sixty minutes, the present one included."""
        return _since(self.minutes, now_us // MINUTE_US - HOUR_MINUTES) if self.minutes else 0

    def in_day(self, now_us: int) -> int:
        """How many in the last twenty-four hours, the present one included."""
        return _since(self.hours, now_us // HOUR_US - DAY_HOURS) if self.hours else 0


def _add(counts: dict[int, int], number: int, count: int, kept: int) -> None:
    counts[number] = counts.get(number, 0) + count
    if counts[number] <= 0:
        del counts[number]
        return
    # Numbers come mostly in their order: what is too old to be asked for stands at the front.
    while (oldest := next(iter(counts))) <= number - kept:
        del counts[oldest]
    if len(counts) > 2 * kept:
        newest = max(counts)
        for old in [one for one in counts if one <= newest - kept]:
            del counts[old]


def _since(counts: dict[int, int], after: int) -> int:
    return sum(count for number, count in counts.items() if number > after)


NO_FAILURES = Counts()
"""Of whoever has none; not to be changed."""


class FailureKey(NamedTuple):
    """What a tally is about."""

    machine: str
    user: str
    source: str


class Tally(msgspec.Struct):
    """Failed logins of one user from one source on one machine."""

    key: FailureKey
    last_us: int = 0
    """When the latest was."""
    tty: str = ""
    """Of the latest: ``ssh:notty``, ``tty1``."""
    counts: Counts = msgspec.field(default_factory=Counts)


class FailureBook:
    """Read freely; ``add``, ``replace`` and ``forget`` change it."""

    def __init__(self, *, tallies_kept: int = TALLIES_KEPT) -> None:
        self.all: dict[FailureKey, Tally] = {}
        """Whoever failed last stands at the end."""
        self._of_machine: dict[str, dict[FailureKey, Tally]] = {}
        self._of_user: dict[str, dict[FailureKey, Tally]] = {}
        self._of_source: dict[str, dict[FailureKey, Tally]] = {}
        self._totals: dict[str, Counts] = {}
        """Of each machine."""
        self._user_totals: dict[str, Counts] = {}
        self._tallies_kept = tallies_kept
        self._swept_us = 0

    def __len__(self) -> int:
        return len(self.all)

    def add(self, failure: Event) -> FailureKey:
        """Count one failed login, and say which tally took it."""
        time_us = failure.fleet_time_us
        if time_us >= self._swept_us + HOUR_US:
            self._sweep(time_us)
        tally = self._tally(FailureKey(failure.machine, failure.user, failure.source))
        if time_us >= tally.last_us:
            tally.last_us, tally.tty = time_us, failure.tty
        tally.counts.add(time_us)
        self._totals[failure.machine].add(time_us)
        self._user_totals[tally.key.user].add(time_us)
        return tally.key

    def replace(self, machine: str, tallies: Iterable[Tally]) -> None:
        """Count of this machine exactly what these say, which are all of it."""
        self.forget(machine)
        for told in sorted(tallies, key=_last_us):
            tally = self._tally(told.key)
            if told.last_us >= tally.last_us:
                tally.last_us, tally.tty = told.last_us, told.tty
            for counts in (tally.counts, self._totals[machine], self._user_totals[tally.key.user]):
                counts.merge(told.counts)

    def forget(self, machine: str) -> None:
        """A machine is watched no longer."""
        for tally in self._of_machine.pop(machine, {}).values():
            self._drop(tally)
        self._totals.pop(machine, None)

    def of_machine(self, machine: str) -> Mapping[FailureKey, Tally]:
        """All tallies of a machine."""
        return self._of_machine.get(machine, {})

    def of_user(self, user: str) -> Mapping[FailureKey, Tally]:
        """All tallies of a user's name, on all machines."""
        return self._of_user.get(user, {})

    def of_source(self, source: str) -> Mapping[FailureKey, Tally]:
        """All tallies of a source, on all machines."""
        return self._of_source.get(source, {})

    def machine_total(self, machine: str) -> Counts:
        """All failed logins of a machine; not to be changed."""
        return self._totals.get(machine, NO_FAILURES)

    def user_total(self, user: str) -> Counts:
        """All failed logins under a name; not to be changed."""
        return self._user_totals.get(user, NO_FAILURES)

    def machines(self) -> list[str]:
        """Those that have any."""
        return list(self._of_machine)

    def copies(self, machine: str) -> tuple[Tally, ...]:
        """Those of a machine as they are now, whatever is counted later."""
        return tuple(
            Tally(one.key, one.last_us, one.tty, one.counts.copied()) for one in self.of_machine(machine).values()
        )

    def _tally(self, key: FailureKey) -> Tally:
        known = self.all.pop(key, None)
        if known is not None:
            self.all[key] = known
            return known
        if len(self.all) >= self._tallies_kept and key.user != OTHERS:
            return self._tally(FailureKey(key.machine, OTHERS, OTHERS))
        tally = self.all[key] = Tally(key)
        self._of_machine.setdefault(key.machine, {})[key] = tally
        self._of_user.setdefault(key.user, {})[key] = tally
        self._of_source.setdefault(key.source, {})[key] = tally
        self._totals.setdefault(key.machine, Counts())
        self._user_totals.setdefault(key.user, Counts())
        return tally

    def _sweep(self, now_us: int) -> None:
        """Let go of what is older than a day: it stands in front."""
        self._swept_us = now_us
        before_us = now_us - DAY_US - HOUR_US
        for tally in list(takewhile(lambda tally: tally.last_us < before_us, self.all.values())):
            machine = tally.key.machine
            del self._of_machine[machine][tally.key]
            self._totals[machine].merge(tally.counts, -1)
            if not self._of_machine[machine]:
                del self._of_machine[machine], self._totals[machine]
            self._drop(tally)

    def _drop(self, tally: Tally) -> None:
        user = tally.key.user
        of_user = self._of_user[user]
        of_source = self._of_source[tally.key.source]
        del self.all[tally.key], of_user[tally.key], of_source[tally.key]
        if not of_source:
            del self._of_source[tally.key.source]
        if of_user:
            self._user_totals[user].merge(tally.counts, -1)
        else:
            del self._of_user[user], self._user_totals[user]


def _last_us(tally: Tally) -> int:
    return tally.last_us

"""Logins gathered by machine, tag, user or source: how many people used each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from whotop.core.usage import DayUsage, Part
from whotop.core.usage_where import LoginRow
from whotop.core.user_bits import UserBits

NAMELESS = {Part.MACHINE: "no machine", Part.TAG: "untagged", Part.USER: "nobody", Part.SOURCE: "console"}
"""Where a login does not say it."""


@dataclass(slots=True)
class _Day:
    users: UserBits = field(default_factory=UserBits)
    logins: int = 0


@dataclass(slots=True)
class GatheredDays:
    """Takes in logins in any order. A login on a machine with two tags counts under both."""

    by: Part | None = None
    _numbers: dict[str, int] = field(default_factory=dict)
    _whole: dict[date, _Day] = field(default_factory=dict)
    _parts: dict[str, dict[date, _Day]] = field(default_factory=dict)

    def add(self, day: date, login: LoginRow, logins: int = 1) -> None:
        """Some equal logins of a day."""
        number = self._numbers.setdefault(login.user, len(self._numbers))
        _count(self._whole, day, number, logins)
        for name in self._names(login):
            _count(self._parts.setdefault(name, {}), day, number, logins)

    def days(self) -> list[DayUsage]:
        """All of them."""
        return _told(self._whole)

    def parts(self) -> dict[str, list[DayUsage]]:
        """Those of each part, by name; empty where nothing is gathered by."""
        return {name: _told(self._parts[name]) for name in sorted(self._parts)}

    def _names(self, login: LoginRow) -> Iterable[str]:
        match self.by:
            case None:
                return ()
            case Part.TAG:
                return login.tags or (NAMELESS[Part.TAG],)
            case Part.MACHINE:
                name = login.machine
            case Part.USER:
                name = login.user
            case Part.SOURCE:
                name = login.source
        return (name or NAMELESS[self.by],)


def _count(days: dict[date, _Day], day: date, number: int, logins: int) -> None:
    of_day = days.get(day)
    if of_day is None:
        of_day = days[day] = _Day()
    of_day.users.add(number)
    of_day.logins += logins


def _told(days: dict[date, _Day]) -> list[DayUsage]:
    return [DayUsage(day, of_day.users.as_int(), of_day.logins) for day, of_day in days.items()]

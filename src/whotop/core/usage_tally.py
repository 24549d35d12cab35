"""Counts what single users did in a span of days."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from whotop.core.usage import UserUsage


@dataclass(slots=True)
class _OfUser:
    logins: int = 0
    days: set[date] = field(default_factory=set)
    machines: set[str] = field(default_factory=set)


class UserTally:
    """Takes in logins in any order."""

    def __init__(self) -> None:
        self._users: dict[str, _OfUser] = {}

    def add(self, day: date, user: str, machine: str, logins: int = 1) -> None:
        """Some logins of one user on one machine in a day."""
        mine = self._users.get(user)
        if mine is None:
            mine = self._users[user] = _OfUser()
        mine.logins += logins
        mine.days.add(day)
        mine.machines.add(machine)

    def users(self) -> tuple[UserUsage, ...]:
        """Those with the most logins first, equals by name."""
        found = (
            UserUsage(user=user, logins=of.logins, days=len(of.days), machines=tuple(sorted(of.machines)))
            for user, of in self._users.items()
        )
        return tuple(sorted(found, key=lambda one: (-one.logins, one.user)))

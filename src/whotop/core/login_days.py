"""The users of days, gathered from single logins that are told one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, tzinfo

from whotop.core.days import day_at, day_start_us
from whotop.core.usage import DayUsage
from whotop.core.user_bits import UserBits


class LoginDays:
    """Takes in logins in any order; ``days`` is what ``usage_report`` gathers into periods.

    A name is a number here: whose is whose is forgotten, so 10 million logins take little room.
    """

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._numbers: dict[str, int] = {}
        self._users: dict[date, UserBits] = {}
        self._logins: dict[date, int] = {}
        self._span_us = range(0)
        self._day = date.min

    def add(self, time_us: int, user: str) -> None:
        """A login; a user without a name stretches the range, and is nobody."""
        if time_us not in self._span_us:
            self._turn_to(day_at(time_us, self._zone))
        if user:
            self._users[self._day].add(self._numbers.setdefault(user, len(self._numbers)))
            self._logins[self._day] += 1

    def add_day(self, day: date, user: str, logins: int) -> None:
        """Some logins of one user in a day."""
        users = self._users.setdefault(day, UserBits())
        self._logins.setdefault(day, 0)
        if user:
            users.add(self._numbers.setdefault(user, len(self._numbers)))
            self._logins[day] += logins

    def _turn_to(self, day: date) -> None:
        """Logins mostly come day by day: where one begins and ends is found out once."""
        self._day = day
        self._span_us = range(
            day_start_us(day, self._zone), day_start_us(date.fromordinal(day.toordinal() + 1), self._zone)
        )
        self._users.setdefault(day, UserBits())
        self._logins.setdefault(day, 0)

    @property
    def first(self) -> date | None:
        """The earliest day; None without any."""
        return min(self._users, default=None)

    @property
    def last(self) -> date | None:
        """The latest day."""
        return max(self._users, default=None)

    def days(self) -> Iterator[DayUsage]:
        """Every day with a login."""
        for day, users in self._users.items():
            yield DayUsage(day, users.as_int(), self._logins[day])

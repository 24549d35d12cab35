"""Periods of the calendar in which usage is counted: days, weeks, months, quarters and years.

A period is named after its last day, as pandas' ``Grouper`` names it: a week runs Monday to Sunday
and carries the Sunday; months, quarters and years carry their last day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum

_DAY = timedelta(days=1)
_SUNDAY = 6
_MONTHS = {"m": 1, "q": 3, "y": 12}


class Period(StrEnum):
    """The kinds; the values are the letters of ``--aggregate``."""

    DAY = "d"
    WEEK = "w"
    MONTH = "m"
    QUARTER = "q"
    YEAR = "y"

    @property
    def word(self) -> str:
        """``day``, ``week``, ``month``, ``quarter``, ``year``."""
        return self.name.lower()

    def last_day(self, day: date) -> date:
        """The last day of the period in which ``day`` lies. Raises OverflowError in the last days of year 9999."""
        if self is Period.DAY:
            return day
        if self is Period.WEEK:
            return day + (_SUNDAY - day.weekday()) * _DAY
        months = _MONTHS[self]
        last_month = day.month + (-day.month) % months
        if last_month == 12:
            return date(day.year, 12, 31)
        return date(day.year, last_month + 1, 1) - _DAY

    def first_day(self, day: date) -> date:
        """The first day of the period in which ``day`` lies."""
        if self is Period.DAY:
            return day
        if self is Period.WEEK:
            return day - day.weekday() * _DAY
        months = _MONTHS[self]
        return date(day.year, day.month - (day.month - 1) % months, 1)

    def last_days(self, start: date, end: date) -> Iterator[date]:
        """The last day of each period that has a day between two, both included."""
        day = start
        while day <= end:
            last = self.last_day(day)
            yield last
            if last >= end:
                return
            day = last + _DAY

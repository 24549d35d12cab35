"""Days of a time zone: when each begins, and in which one a moment lies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_MICROSECOND = timedelta(microseconds=1)


def day_start_us(day: date, zone: tzinfo) -> int:
    """When a day begins: its first midnight, or where the clock jumps over that, the jump."""
    return (datetime(day.year, day.month, day.day, tzinfo=zone) - _EPOCH) // _MICROSECOND


def day_span_us(day: date, zone: tzinfo) -> tuple[int, int]:
    """When a day begins, and when the next one does."""
    return day_start_us(day, zone), day_start_us(day + timedelta(days=1), zone)


def day_at(time_us: int, zone: tzinfo) -> date:
    """The day in which a moment lies."""
    return (_EPOCH + time_us * _MICROSECOND).astimezone(zone).date()


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from one to another, both included."""
    return (date.fromordinal(ordinal) for ordinal in range(first.toordinal(), last.toordinal() + 1))


def day_number(day: date) -> int:
    """Days since 1970-01-01: how the store writes a day."""
    return day.toordinal() - _EPOCH_DAY


def numbered_day(number: int) -> date:
    """The day of a number."""
    return date.fromordinal(number + _EPOCH_DAY)

"""The dates in what ``last`` prints: with or without year, seconds and zone; and how long something lasted."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

from whotop.clock import DAY_US, SECOND_US

DATE = (
    rb"(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:?\d\d"
    rb"|(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d(?::\d\d)?(?: \d{4})?)"
)

_DAYS = (b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun")
_MONTHS = (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec")
_OLD_DATE = re.compile(rb"(?:(\w{3}) )?(\w{3}) +(\d{1,2}) (\d\d):(\d\d)(?::(\d\d))?(?: (\d{4}))?$")
_LASTED = re.compile(rb"(-)?(?:(\d+)\+)?(\d\d):(\d\d)(?::(\d\d))?$")
_YEARS_BACK = 28
"""After so many years every date has the same week day again."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment_us(text: bytes, now_us: int, zone: tzinfo) -> int | None:
    """The moment of a date; one without a year is the latest of its week day that is not in the future."""
    if text[4:5] == b"-":
        return _iso_us(text)
    found = _OLD_DATE.match(text)
    if found is None or found[2] not in _MONTHS:
        return None
    week_day, month, year = found[1], _MONTHS.index(found[2]) + 1, found[7]
    clock = (month, int(found[3]), int(found[4]), int(found[5]), int(found[6] or 0))
    if year is not None:
        return _in_zone_us(int(year), clock, zone)
    newest_year = (_EPOCH + timedelta(microseconds=min(max(now_us, 0), 2**53))).year + 1
    for year_tried in range(newest_year, max(newest_year - _YEARS_BACK - 2, 0), -1):
        time_us = _in_zone_us(year_tried, clock, zone)
        if time_us is None or time_us > now_us + DAY_US:
            continue
        if week_day is None or _DAYS[datetime(year_tried, *clock[:2], tzinfo=UTC).weekday()] == week_day:
            return time_us
    return None


def _iso_us(text: bytes) -> int | None:
    try:
        return (datetime.fromisoformat(text.decode("ascii")) - _EPOCH) // timedelta(microseconds=1)
    except (ValueError, OverflowError):
        return None


def _in_zone_us(year: int, clock: tuple[int, int, int, int, int], zone: tzinfo) -> int | None:
    try:
        return (datetime(year, *clock, tzinfo=zone) - _EPOCH) // timedelta(microseconds=1)
    except (ValueError, OverflowError):
        return None


def end_us(end: bytes, lasted: bytes | None, begun_us: int, now_us: int, zone: tzinfo) -> int | None:
    """When a session ended: as written, or by how long it lasted; both are cut to the minute where one is."""
    if len(end) > 8 and (end[:1].isdigit() or end[3:4] == b" "):
        return moment_us(end, now_us, zone)
    if lasted is None:
        return None
    about_us = begun_us + _lasted_us(lasted)
    if end[2:3] != b":":
        return about_us
    seconds = int(end[:2]) * 3600 + int(end[3:5]) * 60 + int(end[6:8] or 0)
    try:
        about = (_EPOCH + timedelta(microseconds=about_us)).astimezone(zone)
        day = about.replace(hour=0, minute=0, second=0, microsecond=0)
        written_us = (day + timedelta(seconds=seconds) - _EPOCH) // timedelta(microseconds=1)
    except (ValueError, OverflowError):
        return about_us
    # The minute that it lasted beyond may lie in the next day.
    return min((written_us, written_us + DAY_US, written_us - DAY_US), key=lambda time_us: abs(time_us - about_us))


def _lasted_us(text: bytes) -> int:
    found = _LASTED.match(text)
    if found is None:
        return 0
    sign, days, hours, minutes, seconds = found.groups()
    total = ((int(days or 0) * 24 + int(hours)) * 60 + int(minutes)) * 60 + int(seconds or 0)
    return (-total if sign else total) * SECOND_US

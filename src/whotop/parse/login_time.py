"""The moment of a login as tables write it: a date with or without a time, or a number since 1970."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

from whotop.text import safe

_ISO = re.compile(
    r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?)?(?: ?(?:Z|UTC|[+-]\d\d(?::?\d\d)?))?", re.ASCII
)
_NUMBER = re.compile(r"(\d{9,10})(?:\.\d+)?|\d{12,13}|\d{15,16}", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_EARLIEST, _LATEST = 1678, 2261
"""Years that 64 bits of nanoseconds have room for: whoever writes others means something else."""
_PER_UNIT_US = {10: 1_000_000, 13: 1_000, 16: 1}
"""A number of so many digits counts seconds, milliseconds or microseconds: all moments from 1973 to 2286."""


def login_time_us(text: str, zone: tzinfo) -> int:
    """µs since 1970; a time without an offset is one of ``zone``. Raises ValueError.

    In the hour that an autumn clock change repeats, the earlier one is meant.
    """
    text = text.strip()
    try:
        if _NUMBER.fullmatch(text):
            return _of_number(text)
        if not _ISO.fullmatch(text):
            raise ValueError
        moment = datetime.fromisoformat(_plain(text))
    except ValueError:
        raise ValueError(f"{safe(text, 40)!r} is no time: it must read YYYY-MM-DD HH:MM:SS") from None
    if not _EARLIEST <= moment.year <= _LATEST:
        raise ValueError(f"{safe(text, 40)!r} is no time: its year must be one of {_EARLIEST} to {_LATEST}")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return (moment - _EPOCH) // _MICROSECOND


def _of_number(text: str) -> int:
    whole, _, fraction = text.partition(".")
    digits = next(size for size in _PER_UNIT_US if len(whole) <= size)
    return int(whole) * _PER_UNIT_US[digits] + int(fraction[:6].ljust(6, "0")) * bool(fraction)


def _plain(text: str) -> str:
    """As Python reads it: the fraction cut to µs, no space before an offset."""
    date, rest = text[:10], text[10:].replace("UTC", "Z").replace(",", ".")
    rest = re.sub(r"(\.\d{6})\d+", r"\1", rest)
    return date + rest[:1] + rest[1:].replace(" ", "")

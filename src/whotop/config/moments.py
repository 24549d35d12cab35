"""A moment as people write it: ``2026-11-20 03:12``, ``03:12`` (the latest past one), ``-2h``."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta, tzinfo

from whotop.clock import SECOND_US
from whotop.config.durations import parse_duration

_CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_moment(text: str, now_us: int, zone: tzinfo) -> int:
    """µs since 1970 in UTC; a time without an offset is meant in ``zone``. Raises ValueError."""
    text = text.strip()
    if text == "now":
        return now_us
    if text.startswith("-"):
        return now_us - round(parse_duration(text[1:]) * SECOND_US)
    try:
        if _CLOCK.fullmatch(text):
            return _latest(time.fromisoformat(text.zfill(5)), now_us, zone)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f'"{text}" is no time: write "2026-11-20 03:12", "03:12" or "-2h"') from None
    return _microseconds(moment if moment.tzinfo else moment.replace(tzinfo=zone))


def _latest(clock: time, now_us: int, zone: tzinfo) -> int:
    today = (_EPOCH + timedelta(microseconds=now_us)).astimezone(zone).date()
    moment = _microseconds(datetime.combine(today, clock, zone))
    if moment <= now_us:
        return moment
    return _microseconds(datetime.combine(today - timedelta(days=1), clock, zone))


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)

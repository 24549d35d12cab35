"""A machine's time zone, as a probe tells it: ``Europe/Berlin +0100``, or the offset alone."""

from __future__ import annotations

import re
from datetime import UTC, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_TOLD = re.compile(rb"(?:([A-Za-z][A-Za-z0-9_+-]{0,31}(?:/[A-Za-z0-9_+-]{1,31}){0,2}) )?([+-])(\d\d)([0-5]\d)")


def zone_of(told: bytes) -> tzinfo:
    """Give the zone; UTC where the machine tells none that could be right.

    Its name says what the offset was in summer and in winter. The offset alone, which is that of
    the moment in which it was told, serves where this computer does not know the name.
    """
    found = _TOLD.fullmatch(told.strip())
    if found is None:
        return UTC
    if found[1]:
        try:
            return ZoneInfo(found[1].decode())
        except (ZoneInfoNotFoundError, ValueError, OSError):
            pass
    offset = timedelta(hours=int(found[3]), minutes=int(found[4]))
    if offset >= timedelta(days=1):
        return UTC
    return timezone(offset if found[2] == b"+" else -offset)

"""Time zones by name, and the one that this computer is in."""

from __future__ import annotations

import os
import re
import zoneinfo
from datetime import UTC, timedelta, timezone, tzinfo
from pathlib import Path

LONGEST = 64
"""The longest of the database has 32 characters."""
LOCAL_ZONE_FILE = Path("/etc/localtime")


_OFFSET = re.compile(
    r"(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::([0-5]\d)(?::([0-5]\d))?)?|(?:UTC|GMT|UT)?([+-])(\d{2})([0-5]\d)([0-5]\d)?"
)
_LARGEST_OFFSET = timedelta(hours=18)


def zone_named(name: str) -> tzinfo:
    """The zone ``name`` of the IANA database, or of an offset; empty: this computer's.

    Offsets are spelled as java.time's ``ZoneId.of`` takes them: ``+03:00``, ``UTC+3``, ``-0330``, ``Z``.
    Raises ValueError, one clear line.
    """
    if not name:
        return local_zone()
    fixed = _fixed_zone(name)
    if fixed is not None:
        return fixed
    try:
        if len(name) <= LONGEST:  # what is longer, with many a "/", is too deep for zoneinfo
            return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        pass
    raise ValueError(f'"{name[:LONGEST]}" is no time zone; write it like "Europe/Berlin" or "UTC"')


def _fixed_zone(name: str) -> timezone | None:
    if name == "Z":
        return UTC
    found = _OFFSET.fullmatch(name)
    if found is None:
        return None
    sign, *parts = [part for part in found.groups() if part is not None]
    hours, minutes, seconds = [*map(int, parts), 0, 0][:3]
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if offset > _LARGEST_OFFSET:
        return None
    return timezone(-offset if sign == "-" else offset)


def local_zone() -> tzinfo:
    """This computer's zone with all its changes of offset, not only the offset of today."""
    for name in (os.environ.get("TZ", "").removeprefix(":"), _linked_name()):
        try:
            if name:
                return zoneinfo.ZoneInfo(name)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            continue
    try:
        with LOCAL_ZONE_FILE.open("rb") as file:
            return zoneinfo.ZoneInfo.from_file(file, key="local")
    except (OSError, ValueError):
        return UTC


def _linked_name() -> str:
    """``Europe/Berlin`` from the link ``/etc/localtime -> …/zoneinfo/Europe/Berlin``."""
    return str(LOCAL_ZONE_FILE.resolve()).partition("/zoneinfo/")[2]

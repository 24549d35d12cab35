"""Time zones by name, and the one that this computer is in."""

from __future__ import annotations

import os
import zoneinfo
from datetime import UTC, tzinfo
from pathlib import Path

LONGEST = 64
"""The longest of the database has 32 characters."""
LOCAL_ZONE_FILE = Path("/etc/localtime")


def zone_named(name: str) -> tzinfo:
    """The zone ``name`` of the IANA database; empty: this computer's. Raises ValueError, one clear line."""
    if not name:
        return local_zone()
    try:
        if len(name) <= LONGEST:  # what is longer, with many a "/", is too deep for zoneinfo
            return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        pass
    raise ValueError(f'"{name[:LONGEST]}" is no time zone; write it like "Europe/Berlin" or "UTC"')


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

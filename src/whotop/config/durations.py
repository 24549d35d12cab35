"""Lengths of time as people write them: ``5s``, ``1h 30m``, ``14d``."""

from __future__ import annotations

import re

UNIT_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0, "w": 604_800.0, "y": 31_536_000.0}
"""A year is 365 days: these are spans to keep or wait, not dates."""

_PART = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*", re.ASCII)
_NUMBER = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
LONGEST_SECONDS = 100 * UNIT_SECONDS["y"]


def parse_duration(text: str) -> float:
    """Seconds in ``text``; raises ValueError with one clear line."""
    if _NUMBER.fullmatch(text.strip()):
        raise ValueError(f'"{text}" has no unit: write "{text.strip()}s" for seconds, or m, h, d, w, y')
    seconds, position = 0.0, 0
    while position < len(text):
        part = _PART.match(text, position)
        if part is None or part[2] not in UNIT_SECONDS:
            break
        seconds += float(part[1]) * UNIT_SECONDS[part[2]]
        position = part.end()
    if position < len(text) or not text:
        raise ValueError(f'"{text}" is no length of time: write it like "5s", "1h 30m" or "14d"')
    if seconds > LONGEST_SECONDS:
        raise ValueError(f'"{text}" is longer than 100 years')
    return seconds


def format_duration(seconds: float) -> str:
    """``seconds`` in the form that ``parse_duration`` reads, in one unit."""
    for unit in ("y", "w", "d", "h", "m", "s"):
        count = seconds / UNIT_SECONDS[unit]
        if count >= 1 and count == int(count):
            return f"{int(count)}{unit}"
    return f"{seconds:g}s"

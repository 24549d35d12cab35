"""Sizes of windows as Scala's ``Duration`` spells them: ``1.hour``, ``90 minutes``, ``1.5hours``, ``500.millis``.

The older analyser took them so. The unit is a word of its list, in small letters; only words have a plural.
"""

from __future__ import annotations

import re

_MS = {
    "d": 86_400_000.0,
    "day": 86_400_000.0,
    "h": 3_600_000.0,
    "hour": 3_600_000.0,
    "min": 60_000.0,
    "minute": 60_000.0,
    "s": 1_000.0,
    "sec": 1_000.0,
    "second": 1_000.0,
    "ms": 1.0,
    "milli": 1.0,
    "millisecond": 1.0,
    "micro": 1e-3,
    "microsecond": 1e-3,
    "nano": 1e-6,
    "nanosecond": 1e-6,
}
_WITHOUT_PLURAL = {"d", "h", "min", "s", "ms"}
_SIZE = re.compile(r"([+-]?(?:\d++\.?\d*+|\.\d+)(?:[eE][+-]?\d+)?)([a-z]+)", re.ASCII)
LONGEST_MS = 2**53


def parse_window_size(text: str) -> int:
    """Give a size in ms; raises ValueError with one line for one that is none, or that holds nothing."""
    found = _SIZE.fullmatch("".join(text.split()))
    unit_ms = None if found is None else _unit_ms(found[2])
    if found is None or unit_ms is None:
        raise ValueError(f'"{text}" is no window size: say 1.hour, 90 minutes, 1d or 500.millis')
    size_ms = float(found[1]) * unit_ms
    if not 1 <= size_ms <= LONGEST_MS:
        raise ValueError(f'"{text}": a window is at least 1.milli and at most 285,000 years long')
    return int(size_ms)


def _unit_ms(word: str) -> float | None:
    singular = word[:-1] if word.endswith("s") and word[:-1] not in _WITHOUT_PLURAL else word
    return _MS.get(word) or _MS.get(singular)

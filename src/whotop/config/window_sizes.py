"""Sizes of windows as Scala's ``Duration`` spells them: ``1.hour``, ``90 minutes``, ``1.5hours``, ``500.millis``.

The older analyser took them so. The unit is a word of its list, in small letters; only words have a plural.
"""

from __future__ import annotations

import re

_NS = {
    "d": 86_400e9,
    "day": 86_400e9,
    "h": 3_600e9,
    "hour": 3_600e9,
    "min": 60e9,
    "minute": 60e9,
    "s": 1e9,
    "sec": 1e9,
    "second": 1e9,
    "ms": 1e6,
    "milli": 1e6,
    "millisecond": 1e6,
    "µs": 1e3,
    "micro": 1e3,
    "microsecond": 1e3,
    "ns": 1.0,
    "nano": 1.0,
    "nanosecond": 1.0,
}
_WITHOUT_PLURAL = {"d", "h", "min", "s", "ms", "µs", "ns"}
_NS_OF_MS = 1_000_000
_SIZE = re.compile(r"([+-]?(?:\d++\.?\d*+|\.\d+)(?:[eE][+-]?\d+)?)([a-zµ]+)", re.ASCII)
LONGEST_MS = 2**53


def parse_window_size(text: str) -> int:
    """Give a size in ms; raises ValueError with one line for one that is none, or that holds nothing.

    As there, it is rounded to the nearest nanosecond, and what is left of a millisecond does not count.
    """
    found = _SIZE.fullmatch("".join(text.split()))
    unit_ns = None if found is None else _unit_ns(found[2])
    if found is None or unit_ns is None:
        raise ValueError(f'"{text}" is no window size: say 1.hour, 90 minutes, 1d or 500.millis')
    size_ns = float(found[1]) * unit_ns + 0.5
    if not _NS_OF_MS <= size_ns <= LONGEST_MS * _NS_OF_MS:
        raise ValueError(f'"{text}": a window is at least 1.milli and at most 285,000 years long')
    return int(size_ns) // _NS_OF_MS


def _unit_ns(word: str) -> float | None:
    singular = word[:-1] if word.endswith("s") and word[:-1] not in _WITHOUT_PLURAL else word
    return _NS.get(word) or _NS.get(singular)

"""Amounts of memory as people write them: ``2GiB``, ``512 MB``, ``800M``."""

from __future__ import annotations

import re

UNIT_BYTES = {
    "": 1,
    "b": 1,
    "k": 2**10,
    "kib": 2**10,
    "kb": 10**3,
    "m": 2**20,
    "mib": 2**20,
    "mb": 10**6,
    "g": 2**30,
    "gib": 2**30,
    "gb": 10**9,
    "t": 2**40,
    "tib": 2**40,
    "tb": 10**12,
}
"""One letter alone is binary, as with GNU's tools."""
LARGEST_BYTES = 2**62
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-zA-Z]*)\s*", re.ASCII)


def parse_size(text: str) -> int:
    """Bytes in ``text``; raises ValueError with one clear line."""
    found = _SIZE.fullmatch(text)
    if found is None or found[2].lower() not in UNIT_BYTES:
        raise ValueError(f'"{text}" is no amount of memory: write it like "2GiB" or "800MB"')
    size_bytes = float(found[1]) * UNIT_BYTES[found[2].lower()]
    if size_bytes > LARGEST_BYTES:
        raise ValueError(f'"{text[:80]}" is more memory than there can be')
    return int(size_bytes)

"""Sets of small numbers as bits: bit n of the column, the lowest of its first byte being 0, is number n."""

from __future__ import annotations

from collections.abc import Iterable


def from_bytes(members: bytes) -> int:
    """The bits in a column."""
    return int.from_bytes(members, "little")


def to_bytes(members: int) -> bytes:
    """The column for bits."""
    return members.to_bytes((members.bit_length() + 7) // 8, "little")


def bits_of(numbers: Iterable[int]) -> int:
    """The bits of these numbers."""
    found = bytearray()
    for number in numbers:
        place = number >> 3
        if place >= len(found):
            found.extend(bytes(place + 1 - len(found)))
        found[place] |= 1 << (number & 7)
    return from_bytes(bytes(found))

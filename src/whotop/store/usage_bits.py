"""Sets of users as the store writes them: bit n of a column, the lowest of its first byte being 0, is number n."""

from __future__ import annotations


def from_bytes(members: bytes) -> int:
    """The bits in a column."""
    return int.from_bytes(members, "little")


def to_bytes(members: int) -> bytes:
    """The column for bits."""
    return members.to_bytes((members.bit_length() + 7) // 8, "little")

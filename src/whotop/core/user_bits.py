"""A set of small numbers as bits: 200,000 users are 25 KB, however many of them there are on a day."""

from __future__ import annotations

from collections.abc import Iterable

_SPARE_BYTES = 64


class UserBits(bytearray):
    """Bit n, the lowest of the first byte being 0, is number n."""

    def add(self, number: int) -> None:
        """Take in a number."""
        place = number >> 3
        if place >= len(self):
            self.extend(bytes(place + _SPARE_BYTES - len(self)))
        self[place] |= 1 << (number & 7)

    def as_int(self) -> int:
        """The same bits, which can be counted, and or-ed with others."""
        return int.from_bytes(self, "little")


def bits_of(numbers: Iterable[int]) -> int:
    """The bits of these numbers."""
    bits = UserBits()
    for number in numbers:
        bits.add(number)
    return bits.as_int()

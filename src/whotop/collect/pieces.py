"""Pieces of records that a probe has under way: when which of them is acknowledged.

A probe has up to four under way, a shell's but one. What is not acknowledged costs it nothing but
that, so that most acknowledgements can be spared. Whatever is stored last is acknowledged once there
are enough: otherwise a probe whose four are all stored would wait for ever.
"""

from __future__ import annotations

from collections import defaultdict, deque

TOGETHER = 2
COUNTED = 64
"""Of each origin; a probe that sends more than it may is not remembered for it."""


class Pieces:
    """Those of one connection that are not acknowledged yet, by origin and in their order."""

    def __init__(self, together: int = 1) -> None:
        self.together = together
        """So many at least are acknowledged at once."""
        self._ends: defaultdict[str, deque[int]] = defaultdict(lambda: deque(maxlen=COUNTED))

    def came(self, origin: str, offset: int) -> None:
        """A piece has come that ends there."""
        self._ends[origin].append(offset)

    def is_to_tell(self, origin: str, offset: int) -> bool:
        """A piece is stored that ends there, with those before it: whether that is to be acknowledged now.

        A file that was emptied has one offset twice: the later piece is meant.
        """
        ends = self._ends[origin]
        stored = next((number for number in range(len(ends), 0, -1) if ends[number - 1] == offset), 0)
        if not stored or stored < self.together:
            return False
        for _ in range(stored):
            ends.popleft()
        return True

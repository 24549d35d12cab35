"""How far an origin has been read such that what comes behind can be understood.

A failed login is told by several lines. Were the cursor kept between them, a restart would read the
later ones alone; so it waits until nothing before it is unsettled. What is read again after a
restart has the keys that it had.
"""

from __future__ import annotations

from collections import deque

from whotop.wire.messages import Cursor

HELD = 256
"""Pieces; the oldest is let go however unsettled things are."""


class HeldCursor:
    """The cursors of one origin's pieces that cannot be kept yet, and the newest that can."""

    def __init__(self) -> None:
        self._safe: Cursor | None = None
        self._waiting: deque[tuple[int, Cursor]] = deque()

    def after(self, cursor: Cursor, newest_us: int, unsettled_since_us: int | None) -> Cursor:
        """The cursor to keep, now that a piece has been read that ends there with a line of ``newest_us``."""
        if unsettled_since_us is None:
            self._waiting.clear()
            self._safe = cursor
            return cursor
        self._waiting.append((newest_us, cursor))
        while self._waiting and (self._waiting[0][0] < unsettled_since_us or len(self._waiting) > HELD):
            self._safe = self._waiting.popleft()[1]
        return cursor if self._safe is None else self._safe

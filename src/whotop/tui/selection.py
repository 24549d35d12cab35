"""Rows in their order, and the one that is selected: by its key, never by its number."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence

Key = Hashable


class Rows:
    """The keys of a table in order, and the selected one.

    Every step costs at most one pass over the keys at C speed; nothing is kept per row.
    """

    def __init__(self) -> None:
        self.keys: Sequence[Key] = ()
        self.selected: Key | None = None
        self.index = -1
        """Where the selected key stands in ``keys``; -1 when there are none."""

    def reorder(self, keys: Sequence[Key]) -> int:
        """Take a new order and return by how many rows the selected one has moved.

        A selected key that is gone hands over to what now stands in its place.
        """
        before = self.index
        self.keys = keys
        if not keys:
            self.selected, self.index = None, -1
            return 0
        try:
            self.index = self._find(self.selected)
        except ValueError:
            self.index = min(max(before, 0), len(keys) - 1)
            self.selected = keys[self.index]
        return self.index - before if before >= 0 else 0

    def select(self, key: Key) -> bool:
        """Select a key; false if it is not here."""
        try:
            self.index = self._find(key)
        except ValueError:
            return False
        self.selected = key
        return True

    def select_at(self, index: int) -> None:
        """Select the row at ``index``, or the nearest there is."""
        if self.keys:
            self.index = min(max(index, 0), len(self.keys) - 1)
            self.selected = self.keys[self.index]

    def nearest_match(self, matches: Collection[Key], step: int) -> int | None:
        """The index of the next match (``step`` 1) or the one before (-1), going round; or none."""
        count = len(self.keys)
        for distance in range(1, count + 1):
            index = (self.index + step * distance) % count
            if self.keys[index] in matches:
                return index
        return None

    def _find(self, key: Key | None) -> int:
        if 0 <= self.index < len(self.keys) and self.keys[self.index] == key:
            return self.index
        return self.keys.index(key)

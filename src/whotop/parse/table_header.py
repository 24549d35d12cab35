"""The first line of a table: it names the columns, or is a row already, whose columns are known by their places."""

from __future__ import annotations

from collections.abc import Collection, Sequence

LONGEST_PLACE = 4
"""Digits; what is longer is a name."""


class Header:
    """What a first line says where each column stands; ``expected`` are the names that make it a header.

    Those among them that are numbers are places, counted from 1, unless all of them stand in the line.
    """

    def __init__(self, cells: Sequence[str], expected: Collection[str]) -> None:
        self._cells = cells
        names = [cell.strip().lower() for cell in cells]
        numbers = {name for name in expected if _is_place(name)}
        has_name = any(name in names for name in expected if name not in numbers)
        self._names = names if has_name or (numbers and numbers.issubset(names)) else []

    def place(self, called: str) -> int | None:
        """Where a column stands that is called so, counted from 0; None: there is none."""
        if called in self._names:
            return self._names.index(called)
        place = int(called) - 1 if _is_place(called) else -1
        return place if 0 <= place < len(self._cells) else None

    def is_row(self, date: int) -> bool:
        """Whether the line is a row: no name that is expected stands in it, and a digit where its date is."""
        return not self._names and any(map(str.isdecimal, self._cells[date]))


def _is_place(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_PLACE

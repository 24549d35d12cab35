"""Columns of a table, and which of them fit into a width."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import msgspec

GAP = 1
"""Cells between two columns."""


class Column(msgspec.Struct, frozen=True):
    """One column. ``width`` is in cells, and the least of them if the column is flexible.

    The column with the lowest ``priority`` drops out first; priority 0 never does. What is left
    over goes to the flexible columns in equal parts.
    """

    key: str
    title: str
    width: int
    priority: int
    flexible: bool = False
    align: Literal["left", "right"] = "left"
    sortable: bool = True


class Placed(NamedTuple):
    """A column that fits: its place among all columns, its first cell and its width in cells."""

    number: int
    column: Column
    start: int
    width: int


def lay_out(columns: Sequence[Column], width: int, *, start: int = 0) -> list[Placed]:
    """Place what fits into ``width`` cells from ``start`` on. What never drops may reach beyond and is clipped."""
    kept = _those_that_fit(columns, width)
    spare = max(width - _needed(columns, kept), 0)
    flexible = [index for index in kept if columns[index].flexible]
    placed: list[Placed] = []
    for index in kept:
        column = columns[index]
        cells = column.width
        if column.flexible:
            share = spare // len(flexible) + (index == flexible[0]) * (spare % len(flexible))
            cells += share
        placed.append(Placed(index, column, start, cells))
        start += cells + GAP
    return placed


def _those_that_fit(columns: Sequence[Column], width: int) -> list[int]:
    kept = list(range(len(columns)))
    droppable = sorted((index for index in kept if columns[index].priority), key=lambda i: (columns[i].priority, -i))
    for index in droppable:
        if _needed(columns, kept) <= width:
            break
        kept.remove(index)
    return kept


def _needed(columns: Sequence[Column], kept: Sequence[int]) -> int:
    return sum(columns[index].width for index in kept) + GAP * max(len(kept) - 1, 0)

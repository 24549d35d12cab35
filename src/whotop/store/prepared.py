"""Statements compiled once, whose rows go to the driver as they are.

SQLAlchemy's own way for a parameter of a known type costs 10 to 20 µs a row and 0.1 ms a statement;
everything here is text, numbers and bytes that ``rows`` and ``storable`` have made ready already.

To bind a value costs nearly as much as to store it, and a row has 25 of them. So what does not change
from row to row (a statement's own words, the revision, what a kind of record never tells) stands in
the statement itself; nothing does that a machine could have written to break out of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain, zip_longest
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.sql.dml import UpdateBase

Row = dict[str, Any]
Columns = Mapping[str, Sequence[Any]]
"""Rows, each in the same place of all columns; one at least."""
Values = tuple[Any, ...]

ROWS_WORTH_A_TEXT = 200
"""For fewer rows the database would take longer to read a text of their own."""

_is_word = re.compile("[a-z_,]*").fullmatch


class Prepared:
    """A statement's text for one database, and how to order the values of rows for it."""

    def __init__(self, statement: UpdateBase, dialect: Dialect, columns: tuple[str, ...]) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=list(columns))
        order: Sequence[str] = compiled.positiontup or ()
        pieces = str(compiled).split("?")
        assert len(pieces) == len(order) + 1, "no question mark may stand in a statement's own words"
        words = ("?" if name in columns else _spelled(compiled.params[name]) for name in order)
        self.sql = _joined(pieces, words)
        self._pieces = self.sql.split("?")
        self._names = [name for name in order if name in columns]

    def executable(self, rows: Columns) -> tuple[str, list[Values]]:
        """The text for these rows and their values, as the driver takes them."""
        columns = [rows[name] for name in self._names]
        if len(columns[0]) < ROWS_WORTH_A_TEXT:
            return self.sql, list(zip(*columns, strict=True))
        words = list(map(_common_word, columns))
        varying = [column for column, word in zip(columns, words, strict=True) if word is None]
        if not varying:
            return self.sql, list(zip(*columns, strict=True))  # as often as there are rows
        return _joined(self._pieces, (word or "?" for word in words)), list(zip(*varying, strict=True))


def _common_word(column: Sequence[Any]) -> str | None:
    """How the value that all rows have is spelled; None where they differ, or it cannot stand in a text."""
    first = column[0]
    if first != column[-1] or column.count(first) != len(column):
        return None
    return _word(first)


def _word(value: object) -> str | None:
    if value is None:
        return "NULL"
    if value == b"":
        return "X''"
    if type(value) is int:
        return str(value)
    if type(value) is str and _is_word(value):
        return f"'{value}'"
    return None


def _spelled(value: object) -> str:
    word = _word(value)
    assert word is not None, value
    return word


def _joined(pieces: Sequence[str], words: Iterable[str]) -> str:
    return "".join(chain.from_iterable(zip_longest(pieces, words, fillvalue="")))


@lru_cache(maxsize=64)
def prepared(statement: UpdateBase, dialect: Dialect, columns: tuple[str, ...]) -> Prepared:
    """The same for the same statement *object*: keep statements, do not build them for each use."""
    return Prepared(statement, dialect, columns)

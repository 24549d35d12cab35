"""Statements compiled once, whose rows go to the driver as they are.

SQLAlchemy's own way for a parameter of a known type costs 10 to 20 µs a row and 0.1 ms a statement;
everything here is text, numbers and bytes that ``rows`` and ``storable`` have made ready already.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.sql.dml import UpdateBase

Row = dict[str, Any]


class Prepared:
    """A statement's text for one database, and how to order a row's values for it."""

    def __init__(self, statement: UpdateBase, dialect: Dialect, columns: tuple[str, ...]) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=list(columns))
        order: Sequence[str] = compiled.positiontup or ()
        self.sql = str(compiled)
        self._constants = {name: compiled.params[name] for name in order if name not in columns}
        self._ordered: Callable[[Row], tuple[Any, ...]] = itemgetter(*order) if len(order) > 1 else _only(order[0])

    def values(self, rows: Sequence[Row]) -> list[tuple[Any, ...]]:
        """The values of rows, as the driver takes them."""
        if self._constants:
            return [self._ordered(row | self._constants) for row in rows]
        return list(map(self._ordered, rows))


def _only(name: str) -> Callable[[Row], tuple[Any, ...]]:
    return lambda row: (row[name],)


@lru_cache(maxsize=64)
def prepared(statement: UpdateBase, dialect: Dialect, columns: tuple[str, ...]) -> Prepared:
    """The same for the same statement *object*: keep statements, do not build them for each use."""
    return Prepared(statement, dialect, columns)

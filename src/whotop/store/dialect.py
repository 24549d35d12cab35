"""The one place where databases differ: how to insert or else update."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy import ColumnElement, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.base import ReadOnlyColumnCollection

Insert = postgresql.Insert | sqlite.Insert
"""Knows ``ON CONFLICT``: both databases write it alike."""

Excluded = ReadOnlyColumnCollection[str, "ColumnElement[object]"]
"""The columns of the row that was to be inserted."""


def upsert(
    dialect: str,
    table: Table,
    key: Iterable[str],
    change: Callable[[Excluded], dict[str, object]],
    only_if: Callable[[Excluded], ColumnElement[bool]] | None = None,
) -> Insert:
    """Insert, or where ``key`` is taken set what ``change`` says, but only if ``only_if`` holds."""
    statement = _insert(dialect, table)
    excluded = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=list(key), set_=change(excluded), where=None if only_if is None else only_if(excluded)
    )


def insert_missing(dialect: str, table: Table, key: Iterable[str]) -> Insert:
    """Insert, or where ``key`` is taken do nothing."""
    statement = _insert(dialect, table)
    return statement.on_conflict_do_nothing(index_elements=list(key))


def _insert(dialect: str, table: Table) -> Insert:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)

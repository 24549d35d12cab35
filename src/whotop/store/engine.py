"""The connections to the database, and how its failures are put into words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from whotop.errors import StoreError

BUSY_SECONDS = 5
"""How long a statement waits for another process's commit before it fails."""

WRITING_CACHE_KIB = 32_768

_ON_CONNECT = (
    "PRAGMA journal_mode = WAL",
    # Safe against a killed process; after a power cut the last commits may be missing, each of
    # them whole, so that cursors still agree with their events.
    "PRAGMA synchronous = NORMAL",
    "PRAGMA journal_size_limit = 67108864",
)

_IN_WORDS = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_BUSY: "locked by another process",
    sqlite3.SQLITE_LOCKED: "locked by another process",
    sqlite3.SQLITE_READONLY: "cannot be written",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened",
    sqlite3.SQLITE_NOTADB: "this file is not a database (name another file)",
    sqlite3.SQLITE_CORRUPT: "the database is damaged (move it away; a new one is begun)",
    sqlite3.SQLITE_IOERR: "the disk cannot be read or written",
}


def make_engine(path: Path) -> AsyncEngine:
    """An engine for reading: what one transaction reads belongs to one revision.

    By Python's own rules a transaction begins only at the first write; here it is told to.
    """
    engine = _engine(path, isolation_level=None)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def make_writing_engine(path: Path) -> AsyncEngine:
    """An engine of one connection, whose transactions take the write lock with their first statement.

    That has to be an INSERT, UPDATE or DELETE. A transaction that had read before would be refused at
    once, without waiting, where another process has written since.
    """
    engine = _engine(path, isolation_level="IMMEDIATE", pool_size=1, max_overflow=0)
    event.listen(engine.sync_engine, "connect", _remember_more)
    return engine


def make_schema_engine(path: Path) -> Engine:
    """An engine for one migration, in a thread: it holds the write lock from the beginning on."""
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        poolclass=NullPool,
        connect_args={"timeout": BUSY_SECONDS, "isolation_level": None},
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin_writing)
    return engine


def _engine(path: Path, *, isolation_level: str | None, **pool: int) -> AsyncEngine:
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(path)),
        connect_args={"timeout": BUSY_SECONDS, "isolation_level": isolation_level},
        **pool,
    )
    event.listen(engine.sync_engine, "connect", _prepare)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for statement in _ON_CONNECT:
        cursor.execute(statement)
    cursor.close()


def _remember_more(connection: Any, _record: object) -> None:
    """Keys are digests, so each row falls on another page: with SQLite's 2 MB they are read again and again."""
    connection.execute(f"PRAGMA cache_size = -{WRITING_CACHE_KIB}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _begin_writing(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def failures_in_words(place: Path) -> Iterator[None]:
    """Turn what the database raises into a StoreError of one line."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, msgspec.MsgspecError) as error:
        raise StoreError(f"{place}: {_words(error)}") from error


def _words(error: Exception) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", None)
    known = None if code is None else _IN_WORDS.get(code & 0xFF)
    return known or str(cause).splitlines()[0]

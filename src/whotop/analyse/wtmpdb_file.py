"""A table of wtmpdb, or one that rotation has moved aside, as a file: its sessions as events.

It may be another machine's, or this one's while that writes to it; it is never written to.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from whotop.errors import InputError
from whotop.model import Event, Standing
from whotop.parse.wtmpdb import LINE_BYTES, Row, row_events, row_of
from whotop.text import safe

LOCK_SECONDS = 5.0
STEPS_AT_LEAST, STEPS_PER_BYTE = 1_000_000, 4
"""Of SQLite's machine; a row of a table takes a dozen, and no less than 20 bytes."""
STEPS_AT_ONCE = 10_000
_SELECT = "SELECT ID, Type, User, Login, Logout, TTY, RemoteHost, Service FROM wtmp ORDER BY ID"


def wtmpdb_events(path: Path, machine: str) -> list[Event]:
    """The events that a table tells of a machine, ordered by time. Raises InputError."""
    return row_events(rows_of(path), machine, standing=Standing.HISTORY)


def rows_of(path: Path) -> Iterator[Row]:
    """The rows of a table, in the order of their numbers; what cannot be one is left out. Raises InputError."""
    try:
        with closing(_opened(path)) as connection:
            _bound(connection, path.stat().st_size)
            for values in connection.execute(_SELECT):
                row = row_of(values)
                if row is not None:
                    yield row
    except (sqlite3.Error, OSError) as error:
        # SQLite quotes what stands in the file.
        raise InputError(f"no table of wtmpdb that can be read: {safe(str(error))}", file=str(path)) from error


def _opened(path: Path) -> sqlite3.Connection:
    """Open a database for reading alone; one in WAL mode that nobody has open must be told so."""
    is_in_use = path.with_name(path.name + "-wal").exists()
    mode = "mode=ro" if is_in_use or not _is_write_ahead(path) else "mode=ro&immutable=1"
    connection = sqlite3.connect(f"file:{quote(str(path.absolute()))}?{mode}", uri=True, timeout=LOCK_SECONDS)
    connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
    return connection


def _bound(connection: sqlite3.Connection, size_bytes: int) -> None:
    """End what goes on and on: a view that counts, a column that is made up, pages that lie inside themselves."""
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LINE_BYTES)
    steps = STEPS_AT_LEAST + STEPS_PER_BYTE * size_bytes
    turns = iter(range(steps // STEPS_AT_ONCE))
    connection.set_progress_handler(lambda: next(turns, None) is None, STEPS_AT_ONCE)


def _is_write_ahead(path: Path) -> bool:
    """Whether its header says that it is in WAL mode (sqlite.org/fileformat2, 1.3.3)."""
    try:
        with path.open("rb") as file:
            return file.read(20)[18:20] == b"\2\2"
    except OSError:
        return False

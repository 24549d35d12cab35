"""A table of wtmpdb as its own library writes it, for the tests of what reads it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS wtmp(ID INTEGER PRIMARY KEY, Type INTEGER, User TEXT NOT NULL, Login INTEGER, "
    "Logout INTEGER, TTY TEXT, RemoteHost TEXT, Service TEXT) STRICT"
)
BOOT, RUN_LEVEL, USER = 1, 2, 3


class Table:
    """The table in a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def opened(self) -> Iterator[sqlite3.Connection]:
        """A connection whose changes are kept, and which is closed."""
        connection = sqlite3.connect(self.path)
        try:
            connection.execute("PRAGMA synchronous=OFF")  # No test survives a power cut anyway.
            with connection:
                connection.execute(_SCHEMA)
                yield connection
        finally:
            connection.close()

    def login(self, user: str, time_us: int, tty: str = "pts/0", host: str = "192.0.2.7", kind: int = USER) -> int:
        """Insert a row; its number."""
        with self.opened() as connection:
            values = (kind, user, time_us, tty, host, "sshd")
            inserted = connection.execute(
                "INSERT INTO wtmp (Type,User,Login,TTY,RemoteHost,Service) VALUES (?,?,?,?,?,?)", values
            )
            assert inserted.lastrowid is not None
            return inserted.lastrowid

    def boot(self, time_us: int) -> int:
        """Insert the row of a boot; its number."""
        return self.login("reboot", time_us, "~", "6.12.0", BOOT)

    def logout(self, number: int, time_us: int) -> None:
        """Update a row."""
        with self.opened() as connection:
            connection.execute("UPDATE wtmp SET Logout = ? WHERE ID = ?", (time_us, number))

    def rotate(self, before_us: int, date: str = "20261101") -> None:
        """Move old rows to a table beside this one, where they get new numbers."""
        moved = Table(self.path.with_name(f"{self.path.stem}_{date}.db"))
        with self.opened() as connection:
            old = connection.execute("SELECT * FROM wtmp WHERE Login <= ?", (before_us,)).fetchall()
            connection.execute("DELETE FROM wtmp WHERE Login <= ?", (before_us,))
        with moved.opened() as connection:
            connection.executemany("INSERT INTO wtmp VALUES (NULL,?,?,?,?,?,?,?)", [row[1:] for row in old])

    def execute(self, statement: str) -> None:
        """Run any statement."""
        connection = sqlite3.connect(self.path, isolation_level=None)
        try:
            connection.execute(statement).fetchall()
        finally:
            connection.close()

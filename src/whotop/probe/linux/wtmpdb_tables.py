"""The table of wtmpdb, by its database or, where that is private, by the service that keeps it.

Its columns are those of wtmpdb, lib/sqlite.c, add_entry. A row is inserted at a login and updated
at its logout; rows older than 60 days are moved to ``wtmp_20261101.db`` beside it.
"""

import os

from whotop.probe.linux.database import Database, Unreadable, database_stamp, number_of, one_stamp, text_of
from whotop.probe.linux.files import file_names
from whotop.probe.linux.varlink import NoAnswer, listed_by

WTMPDB_PATHS = (b"/var/lib/wtmpdb/wtmp.db", b"/var/log/wtmp.db")
WTMPDB_SOCKETS = (b"/run/wtmpdb/socket", b"/run/wtmpdb/reader.socket")
READ_ALL = "org.openSUSE.wtmpdb.ReadAll"
WTMPDB_COLUMNS = ("ID", "Type", "User", "Login", "Logout", "TTY", "RemoteHost", "Service")
SELECT_WTMP = "SELECT ID,Type,User,Login,Logout,TTY,RemoteHost,Service FROM wtmp "
IDS_AT_ONCE = 400
"""SQLite before 3.32 takes 999 values in a query."""
MOVED_TABLES_SEARCHED = 4
SERVICE_ROWS = 10000
"""What is kept of a service's table for a look, 0.7 KB a row; the newest logins come first."""


class Row:
    """One row."""

    __slots__ = ("login_us", "logout_us", "number", "values")

    def __init__(self, values: "tuple[object, ...]") -> None:
        kind, login = number_of(values[1]), number_of(values[3])
        self.number = number_of(values[0]) or 0
        self.login_us = login or 0
        # The service says 0 of a session that is open.
        self.logout_us = number_of(values[4]) or None
        user, tty, host, service = (text_of(values[place]) for place in (2, 5, 6, 7))
        self.values = (self.number, kind, user, login, self.logout_us, tty, host, service)


class DatabaseTable:
    """The table in its file. ``open`` it for a look, ask, and ``close`` it."""

    pause_seconds = 0.0
    """How long to wait between looks."""
    rows_at_once = 400

    def __init__(self, path: bytes) -> None:
        self._path = path
        self._database = None  # type: Database | None

    def stamp(self) -> "tuple[object, ...]":
        """Give what changes when the table does."""
        return database_stamp(self._path)

    def open(self) -> None:
        """Begin a look; raises Unreadable, as all the questions do."""
        self._database = Database(self._path)
        if not self._database.has_table("wtmp"):
            self.close()

    def close(self) -> None:
        """End it."""
        if self._database is not None:
            self._database.__exit__()
            self._database = None

    def _rows(self, query: str, *values: object) -> "list[Row]":
        if self._database is None:
            return []
        return [Row(row) for row in self._database.rows(SELECT_WTMP + query, *values)]

    def newest(self) -> "Row | None":
        """Give the row with the largest number."""
        rows = self._rows("ORDER BY ID DESC LIMIT 1")
        return rows[0] if rows else None

    def row(self, number: int) -> "Row | None":
        """Give the row with this number."""
        rows = self._rows("WHERE ID = ?", number)
        return rows[0] if rows else None

    def has_before(self, number: int) -> bool:
        """Whether there are rows with smaller numbers."""
        return bool(self._rows("WHERE ID < ? LIMIT 1", number))

    def before_last(self, count: int) -> "Row | None":
        """Give the row after which there are only so many."""
        rows = self._rows("ORDER BY ID DESC LIMIT 1 OFFSET ?", count)
        return rows[0] if rows else None

    def newer(self, number: int) -> "list[Row]":
        """Give the next rows with larger numbers, in their order."""
        return self._rows("WHERE ID > ? ORDER BY ID LIMIT ?", number, self.rows_at_once)

    def closed(self, numbers: "list[int]") -> "list[Row]":
        """Give those of these rows that have a logout."""
        found = []  # type: list[Row]
        for start in range(0, len(numbers), IDS_AT_ONCE):
            some = numbers[start : start + IDS_AT_ONCE]
            places = ",".join("?" * len(some))
            found += self._rows("WHERE Logout IS NOT NULL AND ID IN (" + places + ")", *some)
        return [row for row in found if row.logout_us is not None]

    def closed_since(self, since_us: int, number: int) -> "list[Row]":
        """Give the rows up to a number whose logout is that new."""
        return self._rows("WHERE Logout >= ? AND ID <= ?", since_us, number)

    def still_open(self, number: int) -> "list[int]":
        """Give the numbers, up to one, of the rows that have no logout."""
        return [row.number for row in self._rows("WHERE Logout IS NULL AND ID <= ?", number)]

    def was_moved(self, login_us: int) -> bool:
        """Whether a table that rotation has made beside this one has the row of this login."""
        for path in self._moved_tables():
            try:
                with Database(path) as moved:
                    if moved.rows("SELECT 1 FROM wtmp WHERE Login = ? LIMIT 1", login_us):
                        return True
            except Unreadable:
                continue
        return False

    def _moved_tables(self) -> "list[bytes]":
        folder, name = os.path.split(os.path.realpath(self._path))
        stem = name[: -len(b".db")] + b"_"
        names = [one for one in file_names(folder) if one.startswith(stem) and one.endswith(b".db")]
        return [os.path.join(folder, one) for one in sorted(names, reverse=True)[:MOVED_TABLES_SEARCHED]]


class ServiceTable:
    """The same table as wtmpdbd tells it, to anybody, but only as a whole."""

    pause_seconds = 5.0

    def __init__(self, path: bytes, private: bytes) -> None:
        self._path = path
        self._private = private
        self._table = []  # type: list[Row]

    def stamp(self) -> "tuple[object, ...]":
        """Give what changes with the table: its file can be seen, though not be read; else the list of sessions."""
        return one_stamp(self._private) or one_stamp(b"/run/systemd/sessions")

    def open(self) -> None:
        """Ask for the table; raises Unreadable."""
        rows = []  # type: list[Row]
        try:
            for entry in listed_by(self._path, READ_ALL):
                if len(rows) < SERVICE_ROWS:
                    rows.append(Row(tuple(entry.get(name) for name in WTMPDB_COLUMNS)))
        except NoAnswer as error:
            raise Unreadable(str(error)) from None
        self._table = sorted(rows, key=lambda row: row.number)

    def close(self) -> None:
        """Forget it."""
        self._table = []

    def newest(self) -> "Row | None":
        """Give the row with the largest number."""
        return self._table[-1] if self._table else None

    def row(self, number: int) -> "Row | None":
        """Give the row with this number."""
        return next((row for row in self._table if row.number == number), None)

    def has_before(self, number: int) -> bool:
        """Whether there are rows with smaller numbers."""
        return bool(self._table) and self._table[0].number < number

    def before_last(self, count: int) -> "Row | None":
        """Give the row after which there are only so many."""
        return self._table[-count - 1] if len(self._table) > count else None

    def newer(self, number: int) -> "list[Row]":
        """Give all rows with larger numbers: asking again would cost as much."""
        return [row for row in self._table if row.number > number]

    def closed(self, numbers: "list[int]") -> "list[Row]":
        """Give those of these rows that have a logout."""
        wanted = frozenset(numbers)
        return [row for row in self._table if row.logout_us is not None and row.number in wanted]

    def closed_since(self, since_us: int, number: int) -> "list[Row]":
        """Give the rows up to a number whose logout is that new."""
        return [row for row in self._table if (row.logout_us or 0) >= since_us and row.number <= number]

    def still_open(self, number: int) -> "list[int]":
        """Give the numbers, up to one, of the rows that have no logout."""
        return [row.number for row in self._table if row.logout_us is None and row.number <= number]

    def was_moved(self, login_us: int) -> bool:
        """Whether rotation has moved the row of this login: nobody but the service sees where to."""
        return True

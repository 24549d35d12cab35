from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.probe.table import Table
from whotop.analyse.wtmpdb_file import rows_of, wtmpdb_events
from whotop.errors import InputError
from whotop.model import EventKind, Origin, Standing

START_US = 1_763_770_000_000_000


@pytest.fixture
def table(tmp_path: Path) -> Table:
    return Table(tmp_path / "wtmp 100%.db")


def test_a_table_tells_its_sessions(table: Table) -> None:
    table.boot(START_US)
    table.logout(table.login("ann", START_US + 1), START_US + 5)
    events = wtmpdb_events(table.path, "db")
    assert [(event.kind, event.time_us - START_US) for event in events] == [
        (EventKind.BOOT, 0),
        (EventKind.LOGIN, 1),
        (EventKind.LOGOUT, 5),
    ]
    assert {(event.machine, event.origin, event.standing) for event in events} == {
        ("db", Origin.WTMPDB, Standing.HISTORY)
    }


def test_a_file_and_a_probe_tell_events_of_the_same_keys(table: Table) -> None:
    """A rotated copy numbers its rows anew; importing it adds nothing."""
    table.login("other", START_US)
    table.logout(table.login("ann", START_US + 1), START_US + 5)
    before = wtmpdb_events(table.path, "db")
    table.execute("DELETE FROM wtmp WHERE User = 'other'")
    table.execute("UPDATE wtmp SET ID = 1")
    assert wtmpdb_events(table.path, "db") == [event for event in before if event.user == "ann"]


def test_names_that_are_no_text_are_kept_as_bytes(table: Table) -> None:
    table.login("ann", START_US)
    table.execute("UPDATE wtmp SET User = CAST(x'ff41' AS TEXT)")
    assert [row.user for row in rows_of(table.path)] == [b"\xffA"]


def test_a_table_in_wal_mode_is_read_where_nothing_may_be_written(table: Table) -> None:
    table.execute("PRAGMA journal_mode=WAL")
    table.login("ann", START_US)
    table.path.parent.chmod(0o555)
    try:
        assert [row.user for row in rows_of(table.path)] == [b"ann"]
    finally:
        table.path.parent.chmod(0o755)


@pytest.mark.parametrize("content", [b"", b"date,type", b"SQLite format 3\0" + bytes(4000)])
def test_what_is_none_is_named_with_its_file(table: Table, content: bytes) -> None:
    table.path.write_bytes(content)
    with pytest.raises(InputError, match="no table of wtmpdb") as raised:
        wtmpdb_events(table.path, "db")
    assert str(table.path) in str(raised.value)


ENDLESS = """CREATE VIEW wtmp AS WITH RECURSIVE counted(ID) AS (SELECT 1 UNION ALL SELECT ID + 1 FROM counted)
SELECT ID, 3 AS Type, 'a' AS User, 0 AS Login, 0 AS Logout, '' AS TTY, '' AS RemoteHost, '' AS Service FROM counted"""
MADE_UP = """CREATE TABLE wtmp(ID INTEGER PRIMARY KEY, Type, User AS (zeroblob(200000)), Login, Logout, TTY,
RemoteHost, Service)"""


@pytest.mark.parametrize("statements", [(ENDLESS,), (MADE_UP, "INSERT INTO wtmp(Type, Login) VALUES (3, 1)")])
def test_what_goes_on_and_on_is_ended(tmp_path: Path, statements: tuple[str, ...]) -> None:
    with closing(sqlite3.connect(tmp_path / "wtmp.db")) as connection, connection:
        for statement in statements:
            connection.execute(statement)
    with pytest.raises(InputError, match="no table of wtmpdb that can be read"):
        list(rows_of(tmp_path / "wtmp.db"))

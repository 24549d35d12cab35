from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.probe.conftest import Collected
from tests.probe.pieces import Piece, sent
from tests.probe.table import Table
from whotop.probe.linux.record_file import UnreadableFile
from whotop.probe.linux.wtmpdb import TablePlace, WtmpdbWatch
from whotop.probe.linux.wtmpdb_tables import DatabaseTable, Row

HISTORY_BYTES = 7_680_000
MINUTE_US = 60_000_000
START_US = 1_763_770_000_000_000


@pytest.fixture
def table(tmp_path: Path) -> Table:
    return Table(tmp_path / "wtmp.db")


@pytest.fixture
def begin(written: Collected, table: Table) -> Callable[..., WtmpdbWatch]:
    """Begins to watch the table, from a cursor on if there is one."""

    def started(cursor: dict[str, Any] | None = None, history_bytes: int = HISTORY_BYTES) -> WtmpdbWatch:
        watch = WtmpdbWatch(written, "wtmpdb", DatabaseTable(bytes(table.path)))
        watch.start(cursor, history_bytes)
        return watch

    return started


def users(pieces: list[Piece]) -> list[str]:
    return [row[2] for piece in pieces for row in piece.rows]


def test_a_first_contact_tells_all_rows_as_history(
    written: Collected, table: Table, begin: Callable[..., WtmpdbWatch]
) -> None:
    number = table.login("ann", START_US)
    table.logout(number, START_US + MINUTE_US)
    (piece,) = sent(written, begin())
    assert piece.rows == [[1, 3, "ann", START_US, START_US + MINUTE_US, "pts/0", "192.0.2.7", "sshd"]]
    assert piece.marks == {"first_contact"}


def test_an_empty_table_is_told_of_so_that_its_first_row_is_news(
    written: Collected, table: Table, begin: Callable[..., WtmpdbWatch]
) -> None:
    table.path.touch()
    watch = begin()
    (piece,) = sent(written, watch)
    assert (piece.rows, piece.marks) == ([], {"first_contact"})
    table.login("ann", START_US)
    (piece,) = sent(written, watch)
    assert (users([piece]), piece.marks) == (["ann"], set())


def test_a_login_and_its_logout_are_news_each(
    written: Collected, table: Table, begin: Callable[..., WtmpdbWatch]
) -> None:
    table.login("old", START_US)
    watch = begin()
    sent(written, watch)
    number = table.login("ann", START_US + MINUTE_US)
    (login,) = sent(written, watch)
    table.logout(number, START_US + 2 * MINUTE_US)
    (logout,) = sent(written, watch)
    assert login.rows == [[2, 3, "ann", START_US + MINUTE_US, None, "pts/0", "192.0.2.7", "sshd"]]
    assert logout.rows == [
        [2, 3, "ann", START_US + MINUTE_US, START_US + 2 * MINUTE_US, "pts/0", "192.0.2.7", "sshd", True]
    ]
    assert login.marks == logout.marks == set()


def test_nothing_is_sent_twice(written: Collected, table: Table, begin: Callable[..., WtmpdbWatch]) -> None:
    number = table.login("ann", START_US)
    watch = begin()
    sent(written, watch)
    table.logout(number, START_US + MINUTE_US)
    sent(written, watch)
    assert sent(written, watch) == []
    assert sent(written, begin(Piece(last_message(written, watch, table)).cursor)) == []


def last_message(written: Collected, watch: WtmpdbWatch, table: Table) -> dict[str, Any]:
    """A message with the cursor of the place where the watch is."""
    watch.write_lines(b"", watch._place.mark())
    return written.messages.pop()


def test_rows_and_logouts_of_meanwhile_are_late(
    written: Collected, table: Table, begin: Callable[..., WtmpdbWatch]
) -> None:
    number = table.login("ann", START_US)
    before = sent(written, begin())
    table.logout(number, START_US + MINUTE_US)
    table.login("bob", START_US + 2 * MINUTE_US)
    (piece,) = sent(written, begin(before[-1].cursor))
    assert [(row[2], row[4]) for row in piece.rows] == [("ann", START_US + MINUTE_US), ("bob", None)]
    assert piece.marks == {"backlog"}


def test_a_logout_dated_before_its_login_is_found_after_a_restart(
    written: Collected, table: Table, begin: Callable[..., WtmpdbWatch]
) -> None:
    other = table.login("old", START_US)
    table.logout(other, START_US + MINUTE_US)
    number = table.login("ann", START_US + 2 * MINUTE_US)
    before = sent(written, begin())
    table.logout(number, START_US - MINUTE_US)
    (piece,) = sent(written, begin(before[-1].cursor))
    assert piece.rows[0][4] == START_US - MINUTE_US


def test_pieces_that_were_not_acknowledged_are_sent_again(
    written: Collected, table: Table, begin: Callable[..., WtmpdbWatch]
) -> None:
    for count in range(3):
        table.login(f"user{count}", START_US + count)
    watch = begin()
    watch.send_piece()
    written.messages.clear()
    assert users(sent(written, begin())) == ["user0", "user1", "user2"]


def test_a_long_history_comes_in_pieces_and_each_row_once(
    written: Collected, table: Table, begin: Callable[..., WtmpdbWatch]
) -> None:
    with table.opened() as connection:
        rows = [(count, 3, "u" * 100, START_US + count, None, "pts/0", None, None) for count in range(1, 2001)]
        connection.executemany("INSERT INTO wtmp VALUES (?,?,?,?,?,?,?,?)", rows)
    pieces = sent(written, begin(), looks=12)
    assert [row[0] for piece in pieces for row in piece.rows] == list(range(1, 2001))
    assert len(pieces) > 3


def test_only_so_much_history_is_sent_as_is_wanted(
    written: Collected, table: Table, begin: Callable[..., WtmpdbWatch]
) -> None:
    for count in range(5):
        table.login(f"user{count}", START_US + count)
    assert users(sent(written, begin(history_bytes=2 * 384))) == ["user3", "user4"]
    assert users(sent(written, begin(history_bytes=0))) == []


def test_the_logout_of_a_session_older_than_the_history_is_told(
    written: Collected, table: Table, begin: Callable[..., WtmpdbWatch]
) -> None:
    number = table.login("ann", START_US)
    watch = begin(history_bytes=0)
    sent(written, watch)
    table.logout(number, START_US + MINUTE_US)
    assert users(sent(written, watch)) == ["ann"]


def test_news_do_not_travel_with_the_backlog(
    written: Collected, table: Table, begin: Callable[..., WtmpdbWatch]
) -> None:
    table.login("old", START_US)
    watch = begin()
    watch.send_piece()
    written.messages.clear()
    table.login("ann", START_US + MINUTE_US)
    (piece,) = sent(written, watch)
    assert (users([piece]), piece.marks) == (["ann"], set())


# --- what becomes of the table -------------------------------------------------------------------


def test_rotation_loses_nothing_and_accuses_nobody(
    written: Collected, table: Table, begin: Callable[..., WtmpdbWatch]
) -> None:
    table.logout(table.login("old", START_US), START_US + 1)
    kept = table.login("ann", START_US + MINUTE_US)
    watch = begin()
    sent(written, watch)
    table.rotate(START_US)
    table.logout(kept, START_US + 2 * MINUTE_US)
    table.login("bob", START_US + 3 * MINUTE_US)
    pieces = sent(written, watch)
    assert users(pieces) == ["ann", "bob"]
    assert all(piece.marks == set() for piece in pieces)


def test_a_table_that_rotation_has_emptied_counts_anew(
    written: Collected, table: Table, begin: Callable[..., WtmpdbWatch]
) -> None:
    for count in range(3):
        table.login(f"user{count}", START_US + count)
    before = sent(written, begin())
    table.rotate(START_US + MINUTE_US)
    assert table.login("ann", START_US + 2 * MINUTE_US) == 1
    pieces = sent(written, begin(before[-1].cursor))
    assert users(pieces) == ["ann"]
    assert pieces[0].marks == {"backlog"}


def test_a_table_whose_rows_have_vanished_is_told_as_replaced(
    written: Collected, table: Table, begin: Callable[..., WtmpdbWatch]
) -> None:
    for count in range(3):
        table.login(f"user{count}", START_US + count)
    watch = begin()
    sent(written, watch)
    table.execute("DELETE FROM wtmp WHERE ID > 1")
    pieces = sent(written, watch)
    assert pieces[0].marks == {"replaced"}
    assert users(pieces) == ["user0"]
    table.login("ann", START_US + MINUTE_US)
    assert [piece.marks for piece in sent(written, watch)] == [set()]


def test_another_table_in_its_place_is_read_from_its_beginning(
    written: Collected, table: Table, begin: Callable[..., WtmpdbWatch], tmp_path: Path
) -> None:
    table.login("ann", START_US)
    watch = begin()
    sent(written, watch)
    other = Table(tmp_path / "other.db")
    other.login("bob", START_US + MINUTE_US)
    other.path.replace(table.path)
    (piece,) = sent(written, watch)
    assert (users([piece]), piece.marks) == (["bob"], {"replaced"})


# --- a table that cannot be read -----------------------------------------------------------------


def test_a_locked_table_is_read_when_the_lock_is_gone(
    written: Collected, table: Table, begin: Callable[..., WtmpdbWatch], monkeypatch: pytest.MonkeyPatch
) -> None:
    table.login("ann", START_US)
    writer = sqlite3.connect(table.path, isolation_level=None)
    writer.execute("BEGIN EXCLUSIVE")
    watch = begin()
    look_often(watch)
    assert not watch.can_send
    writer.execute("ROLLBACK")
    writer.close()
    watch._next_read = 0.0
    assert users(sent(written, watch)) == ["ann"]


def test_a_writer_is_never_kept_waiting(written: Collected, table: Table, begin: Callable[..., WtmpdbWatch]) -> None:
    table.login("ann", START_US)
    watch = begin()
    writer = sqlite3.connect(table.path, timeout=0, isolation_level=None)
    writer.execute("BEGIN EXCLUSIVE")
    writer.execute("ROLLBACK")
    writer.close()
    assert users(sent(written, watch)) == ["ann"]


@pytest.mark.parametrize("keeps_open", [True, False], ids=["in use", "left alone"])
def test_a_table_in_wal_mode_is_read_too(
    written: Collected, table: Table, begin: Callable[..., WtmpdbWatch], keeps_open: bool
) -> None:
    table.execute("PRAGMA journal_mode=WAL")
    table.login("ann", START_US)
    keeper = sqlite3.connect(table.path)
    if keeps_open:
        keeper.execute("SELECT count(*) FROM sqlite_master").fetchall()
    else:
        keeper.close()
    watch = begin()
    assert users(sent(written, watch)) == ["ann"]
    table.login("bob", START_US + MINUTE_US)
    assert users(sent(written, watch)) == ["bob"]
    keeper.close()


@pytest.mark.parametrize(
    "content",
    [b"this is no database", b"SQLite format 3\0" + bytes(84), b"SQLite format 3\0" + bytes(8000)],
    ids=["text", "a header alone", "zeros"],
)
def test_a_broken_table_is_given_up(
    written: Collected, table: Table, begin: Callable[..., WtmpdbWatch], content: bytes
) -> None:
    table.path.write_bytes(content)
    watch = begin()
    assert sent(written, watch) == []
    give_up(watch)


def give_up(watch: WtmpdbWatch) -> None:
    """Look until the table is taken for one that cannot be read."""
    with pytest.raises(UnreadableFile):
        look_often(watch)


def look_often(watch: WtmpdbWatch) -> None:
    for _ in range(9):
        watch._next_read = 0.0
        watch.look()


def test_a_python_without_sqlite_gives_the_table_up(
    written: Collected, table: Table, begin: Callable[..., WtmpdbWatch], monkeypatch: pytest.MonkeyPatch
) -> None:
    table.login("ann", START_US)
    monkeypatch.setitem(sys.modules, "_sqlite3", None)
    watch = begin()
    assert sent(written, watch) == []
    give_up(watch)


def test_a_table_with_other_columns_is_given_up(
    written: Collected, table: Table, begin: Callable[..., WtmpdbWatch]
) -> None:
    table.execute("CREATE TABLE wtmp (ID INTEGER, Name TEXT)")
    watch = begin()
    assert sent(written, watch) == []
    give_up(watch)


def test_values_of_any_kind_become_lines(written: Collected, table: Table, begin: Callable[..., WtmpdbWatch]) -> None:
    table.execute("CREATE TABLE wtmp (ID INTEGER PRIMARY KEY, Type, User, Login, Logout, TTY, RemoteHost, Service)")
    table.execute("INSERT INTO wtmp VALUES (1, 3, x'ff41', 'never', 1.5, NULL, zeroblob(5000), 7)")
    (piece,) = sent(written, begin())
    assert piece.rows == [[1, 3, "\udcffA", None, None, None, "\0" * 1024, "7"]]


def test_a_table_that_is_gone_is_awaited(written: Collected, table: Table, begin: Callable[..., WtmpdbWatch]) -> None:
    watch = begin()
    look_often(watch)
    table.login("ann", START_US)
    assert users(sent(written, watch)) == ["ann"]


# --- the mark ------------------------------------------------------------------------------------


def test_a_mark_remembers_the_rows_that_are_open() -> None:
    place = TablePlace()
    for number in (3, 900, 1000):
        place.pass_by(Row((number, 3, b"ann", 5, None, b"", b"", b"")))
    again = TablePlace(place.mark())
    assert (again.number, again.login_us, set(again.open), again.all_open_from) == (1000, 5, {3, 900, 1000}, 0)


def test_a_mark_stays_within_its_bound_and_says_from_where_on_it_is_complete() -> None:
    place = TablePlace()
    for number in range(1, 1500):
        place.pass_by(Row((number * 1000, 3, b"ann", START_US, None, b"", b"", b"")))
    mark = place.mark()
    again = TablePlace(mark)
    assert len(mark) <= 384
    assert set(again.open) == {number for number in place.open if number >= again.all_open_from}


def test_where_more_are_open_than_a_mark_holds_each_logout_is_still_found(
    written: Collected, table: Table, begin: Callable[..., WtmpdbWatch]
) -> None:
    with table.opened() as connection:
        rows = [(count * 1000, 3, f"u{count}", START_US, None, "pts/0", None, None) for count in range(1, 300)]
        connection.executemany("INSERT INTO wtmp VALUES (?,?,?,?,?,?,?,?)", rows)
    before = sent(written, begin(), looks=6)
    table.logout(1000, START_US + MINUTE_US)
    table.logout(299_000, START_US + 2 * MINUTE_US)
    assert users(sent(written, begin(before[-1].cursor))) == ["u1", "u299"]


@pytest.mark.parametrize("mark", [b"", b"no mark", b"1 2", b"-1 0 0 0", b"9" * 300, b"1 2 3 4 5 6 seven"])
def test_any_mark_is_borne_with(mark: bytes) -> None:
    assert TablePlace(mark).number >= 0

from __future__ import annotations

import os
import sqlite3
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.probe.conftest import Collected
from tests.probe.pieces import sent
from whotop.probe.linux.framing import WIDE_MACHINES
from whotop.probe.linux.lastlog import LASTLOG_NARROW, LASTLOG_WIDE, LastlogWatch, filled_records

START_S = 1_763_770_000
RECORD = LASTLOG_WIDE if os.uname().machine in WIDE_MACHINES else LASTLOG_NARROW

Begin = Callable[..., LastlogWatch]


@pytest.fixture
def lastlog(tmp_path: Path) -> Path:
    (tmp_path / "lastlog").touch()
    return tmp_path / "lastlog"


@pytest.fixture
def lastlog2(tmp_path: Path) -> Path:
    path = tmp_path / "lastlog2.db"
    execute(
        path,
        "CREATE TABLE Lastlog2(Name TEXT PRIMARY KEY, Time INTEGER, TTY TEXT, RemoteHost TEXT, Service TEXT) STRICT",
    )
    return path


def execute(path: Path, statement: str, *values: Any) -> None:
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(statement, values)
    connection.close()


def came(path: Path, user: int, time_s: int, line: bytes = b"pts/0", host: bytes = b"192.0.2.7") -> None:
    with path.open("r+b") as file:
        file.seek(user * RECORD.size)
        file.write(RECORD.pack(time_s, line, host))


@pytest.fixture
def begin(written: Collected) -> Begin:
    def started(path: Path, cursor: dict[str, Any] | None = None) -> LastlogWatch:
        watch = LastlogWatch(written, "lastlog", bytes(path))
        watch.start(cursor, 0)
        return watch

    return started


def test_a_first_contact_tells_of_everybody(written: Collected, lastlog: Path, begin: Begin) -> None:
    came(lastlog, 0, START_S, b"tty1", b"")
    came(lastlog, 64_999, START_S + 5)
    (piece,) = sent(written, begin(lastlog))
    assert piece.rows == [["root", START_S, "tty1", "", None], ["64999", START_S + 5, "pts/0", "192.0.2.7", None]]
    assert piece.marks == {"first_contact"}


def test_who_comes_while_it_watches_is_news(written: Collected, lastlog: Path, begin: Begin) -> None:
    came(lastlog, 0, START_S)
    watch = begin(lastlog)
    sent(written, watch)
    came(lastlog, 0, START_S + 9)
    (piece,) = sent(written, watch)
    assert (piece.rows[0][1], piece.marks) == (START_S + 9, set())


def test_who_came_meanwhile_is_late(written: Collected, lastlog: Path, begin: Begin) -> None:
    came(lastlog, 0, START_S)
    before = sent(written, begin(lastlog))
    came(lastlog, 1, START_S + 9)
    pieces = sent(written, begin(lastlog, before[-1].cursor))
    assert [row[0] for piece in pieces for row in piece.rows][-1] == "daemon"
    assert pieces[-1].marks == {"backlog"}


def test_two_who_come_in_one_second_are_both_told(written: Collected, lastlog: Path, begin: Begin) -> None:
    came(lastlog, 0, START_S)
    watch = begin(lastlog)
    sent(written, watch)
    came(lastlog, 1, START_S)
    (piece,) = sent(written, watch)
    assert [row[0] for row in piece.rows] == ["daemon"]


def test_an_empty_file_is_told_of_and_nothing_more(written: Collected, lastlog: Path, begin: Begin) -> None:
    watch = begin(lastlog)
    (piece,) = sent(written, watch)
    assert (piece.data, piece.marks) == (b"", {"first_contact"})
    assert sent(written, watch) == []


def test_holes_are_skipped(lastlog: Path) -> None:
    user = 2_000_000_000
    came(lastlog, 3, START_S)
    came(lastlog, user, START_S)
    assert lastlog.stat().st_size > 500_000_000_000
    assert [number for number, _ in filled_records(bytes(lastlog), RECORD)] == [3, user]


@pytest.mark.parametrize("record", [LASTLOG_NARROW, LASTLOG_WIDE], ids=["292 bytes", "296 bytes"])
def test_both_sizes_of_records_are_read(lastlog: Path, record: struct.Struct) -> None:
    lastlog.write_bytes(b"".join(record.pack(START_S + user, b"pts/1", b"h") for user in range(500)))
    found = filled_records(bytes(lastlog), record)
    assert [(number, values[0]) for number, values in found] == [(user, START_S + user) for user in range(500)]


def test_a_record_that_is_cut_is_left_out(written: Collected, lastlog: Path, begin: Begin) -> None:
    lastlog.write_bytes(RECORD.pack(START_S, b"tty1", b"")[:100])
    assert [row for piece in sent(written, begin(lastlog)) for row in piece.rows] == []


def test_lastlog2_is_read_by_its_names(written: Collected, lastlog2: Path, begin: Begin) -> None:
    execute(lastlog2, "INSERT INTO Lastlog2 VALUES ('ann', ?, 'pts/0', '192.0.2.7', 'sshd')", START_S)
    watch = begin(lastlog2)
    (history,) = sent(written, watch)
    execute(lastlog2, "INSERT OR REPLACE INTO Lastlog2 VALUES ('ann', ?, 'tty1', NULL, 'login')", START_S + 9)
    (news,) = sent(written, watch)
    assert history.rows == [["ann", START_S, "pts/0", "192.0.2.7", "sshd"]]
    assert (news.rows, news.marks) == ([["ann", START_S + 9, "tty1", None, "login"]], set())


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + bytes(2000)])
def test_a_lastlog2_that_is_broken_is_borne_with(
    written: Collected, tmp_path: Path, begin: Begin, content: bytes
) -> None:
    path = tmp_path / "lastlog2.db"
    path.write_bytes(content)
    assert [row for piece in sent(written, begin(path)) for row in piece.rows] == []


def test_no_lastlog_at_all_is_no_trouble(written: Collected, tmp_path: Path, begin: Begin) -> None:
    assert sent(written, begin(tmp_path / "none")) == []


def test_names_that_are_no_text_are_told_as_they_are(written: Collected, lastlog: Path, begin: Begin) -> None:
    came(lastlog, 0, START_S, b"\xff\x1b", b"h" * 256)
    (piece,) = sent(written, begin(lastlog))
    assert piece.rows == [["root", START_S, "\udcff\x1b", "h" * 256, None]]

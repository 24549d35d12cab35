"""``whotop import``: recorded logins into the store."""

from __future__ import annotations

import gzip
import json
import sqlite3
import struct
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.conftest import Run

START = 1_795_000_000
"""2026-11-18 11:06:40 UTC."""
HEADER = "date,type,machine,user\n"
TABLE = HEADER + (
    "2026-11-18 10:00:00,login,web-01,anna\n"
    "2026-11-18 11:00:00,logout,web-01,anna\n"
    "2026-11-18 12:00:00,login,web-02,bert\n"
)


def record(kind: int, user: bytes, line: bytes, seconds: int, pid: int, host: bytes = b"192.0.2.7") -> bytes:
    return struct.pack(
        "<hxxi32s4s32s256shhiIi16s20s", kind, pid, line, b"", user, host, 0, 0, 0, START + seconds, 0, b"", b""
    )


def line(seconds: int, pid: int, message: str) -> str:
    stamp = datetime.fromtimestamp(START + seconds, UTC).isoformat(timespec="milliseconds")
    return f"{stamp} web-01 sshd[{pid}]: {message}\n"


def entry(number: int, seconds: int, pid: int, message: str) -> str:
    fields = {
        "__CURSOR": f"s={'a' * 32};i={number:x};b=",
        "__REALTIME_TIMESTAMP": str((START + seconds) * 1_000_000 + 300_000),
        "_HOSTNAME": "web-01",
        "_PID": str(pid),
        "SYSLOG_IDENTIFIER": "sshd",
        "MESSAGE": message,
    }
    return json.dumps(fields) + "\n"


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """What two days leave in /var/log: five logins, of which some are told by three files."""
    folder = tmp_path / "log"
    folder.mkdir()
    (folder / "wtmp.1").write_bytes(
        record(2, b"reboot", b"~", 0, 0)
        + record(7, b"anna", b"pts/0", 100, 11)
        + record(8, b"", b"pts/0", 500, 11)
        + record(7, b"bert", b"pts/1", 600, 12)
    )
    (folder / "wtmp").write_bytes(record(8, b"", b"pts/1", 9000, 12) + record(7, b"carl", b"pts/0", 9500, 13))
    (folder / "btmp").write_bytes(record(6, b"root", b"ssh:notty", 700, 44, b"198.51.100.9"))
    with gzip.open(folder / "auth.log.2.gz", "wt") as file:
        file.write(line(100, 11, "Accepted password for anna from 192.0.2.7 port 5 ssh2"))
        file.write(line(500, 11, "pam_unix(sshd:session): session closed for user anna"))
        file.write(line(600, 12, "Accepted password for bert from 192.0.2.7 port 6 ssh2"))
        file.write(line(700, 44, "Failed password for root from 198.51.100.9 port 7 ssh2"))
    (folder / "auth.log").write_text(
        line(9000, 12, "pam_unix(sshd:session): session closed for user bert")
        + line(9500, 13, "Accepted password for carl from 192.0.2.7 port 8 ssh2")
    )
    (folder / "journal.json").write_text(
        entry(1, 9500, 13, "Accepted password for carl from 192.0.2.7 port 8 ssh2")
        + entry(2, 9700, 14, "Accepted password for dora from 192.0.2.8 port 9 ssh2")
    )
    return folder


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "whotop.db"


def dump(store: Path) -> list[str]:
    with closing(sqlite3.connect(store)) as connection:
        return list(connection.iterdump())


def rows(store: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(store)) as connection:
        return list(connection.execute(statement))


def test_a_folder_of_logs_is_imported_once_however_often(whotop: Run, logs: Path, store: Path) -> None:
    assert whotop("import", logs, "--store", store)[:2] == (
        0,
        "15 events read, 8 added, 7 already there, 0 refused\n",
    )
    once = dump(store)
    assert whotop("import", logs, "--store", store)[:2] == (
        0,
        "15 events read, 0 added, 15 already there, 0 refused\n",
    )
    assert dump(store) == once


def test_a_login_that_several_files_tell_is_one(whotop: Run, logs: Path, store: Path) -> None:
    whotop("import", logs, "--store", store)
    told = f"SELECT user_name, tty, outcome, login_us / 1000000 - {START}, logout_us / 1000000 - {START} FROM sessions"
    assert rows(store, f"{told} ORDER BY login_us") == [
        ("anna", "pts/0", "logout", 100, 500),
        ("bert", "pts/1", "logout", 600, 9000),
        ("carl", "pts/0", "open", 9500, None),
        ("dora", "", "open", 9700, None),
    ]
    assert rows(store, "SELECT DISTINCT name FROM machines") == [("web-01",)]
    assert rows(store, "SELECT count(*) FROM events WHERE kind = 'failed'") == [(1,)]
    assert rows(store, "SELECT count(*) FROM alerts") == [(0,)]
    assert rows(store, "SELECT DISTINCT standing FROM events") == [("history",)]


def test_files_may_come_one_by_one_and_a_copy_again(whotop: Run, logs: Path, store: Path, tmp_path: Path) -> None:
    whotop("import", logs / "wtmp.1", "--machine", "web-01", "--store", store)
    whotop("import", logs / "wtmp", "--machine", "web-01", "--store", store)
    once = dump(store)
    copy = tmp_path / "web-01.wtmp.2"
    copy.write_bytes((logs / "wtmp").read_bytes())
    assert "2 events read, 0 added, 2 already there" in whotop("import", copy, "--store", store)[1]
    assert dump(store) == once
    assert rows(store, "SELECT count(*) FROM sessions WHERE outcome = 'logout'") == [(2,)]


def test_rows_that_are_wrong_are_left_out_and_named(whotop: Run, tmp_path: Path, store: Path) -> None:
    file = tmp_path / "events.csv"
    file.write_text(TABLE + "2026-02-30 10:00:00,login,web-01,anna\n" * 12)
    settings = tmp_path / "config.toml"
    settings.write_text('[store.keep]\nevents = "100y"\n')
    code, printed, errors = whotop("import", file, "--store", store, "-c", settings)
    assert (code, printed) == (0, "3 events read, 3 added, 0 already there, 12 refused\n")
    assert errors.splitlines()[0].startswith(f"whotop: {file}:5: '2026-02-30 10:00:00' is no date")
    assert len(errors.splitlines()) == 10


def test_rows_of_other_types_are_counted_apart(whotop: Run, tmp_path: Path, store: Path) -> None:
    file = tmp_path / "events.csv"
    file.write_text(TABLE + "2026-11-18 12:30:00,password,web-01,anna\n" * 2)
    assert whotop("import", file, "--store", store)[:2] == (
        0,
        "3 events read, 3 added, 0 already there, 0 refused, 2 rows of other types\n",
    )


def test_whose_records_are_not_told_is_asked(whotop: Run, logs: Path, store: Path, tmp_path: Path) -> None:
    alone = tmp_path / "wtmp"
    alone.write_bytes((logs / "wtmp").read_bytes())
    code, printed, errors = whotop("import", alone, "--store", store)
    assert (code, printed) == (2, "")
    assert errors == f"whotop: {alone}: nothing in it tells whose records these are: say --machine NAME\n"
    assert not store.exists()


BAD: dict[str, tuple[bytes, str]] = {
    "empty.csv": (b"", ":1: no column date, type, machine, user"),
    "wrong.csv": (b"a,b\n1,2\n", ":1: no column date, type, machine, user"),
    "quote.csv": (TABLE.encode() + b'2026-11-18 13:00:00,login,web-01,"anna\n', ":5: this is no CSV"),
    "auth.log.2.gz": (gzip.compress(line(1, 1, "Accepted password for a from b port 1 ssh2").encode())[:-9], ": "),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_is_wrong_is_one_line_and_nothing_is_kept(
    whotop: Run, tmp_path: Path, store: Path, name: str
) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / name
    good.write_text(TABLE)
    bad.write_bytes(BAD[name][0])
    code, printed, errors = whotop("import", good, bad, "--store", store)
    assert (code, printed, len(errors.splitlines())) == (2, "", 1)
    assert f"{bad}{BAD[name][1]}" in errors
    assert not store.exists()


def test_a_broken_file_of_a_folder_keeps_no_other_out(whotop: Run, logs: Path, store: Path) -> None:
    (logs / "secure.1.gz").write_bytes(b"\x1f\x8bhello")
    code, printed, errors = whotop("import", logs, "--store", store)
    assert (code, printed) == (1, "15 events read, 8 added, 7 already there, 0 refused\n")
    assert "secure.1.gz" in errors.splitlines()[0]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--delimiter", "ab"), "is not one character"),
        (("--columns", "who=me"), "is not NAME=COLUMN"),
        (("--encoding", "klingon"), "is no encoding of text"),
        (("--encoding", "idna"), "is no encoding of text"),
        (("--encoding", "punycode"), "is no encoding of text"),
        (("--encoding", "hex"), "is no encoding of text"),
        (("--time-zone", "Mars/North"), "Mars/North"),
    ],
)
def test_options_that_are_wrong_are_usage(
    whotop: Run, tmp_path: Path, store: Path, arguments: tuple[str, ...], complaint: str
) -> None:
    file = tmp_path / "events.csv"
    file.write_text(TABLE)
    code, _, errors = whotop("import", file, "--store", store, *arguments)
    assert code == 2
    assert complaint in errors
    assert not store.exists()


def test_dates_are_in_the_zone_that_is_given(whotop: Run, tmp_path: Path, store: Path) -> None:
    file = tmp_path / "events.csv"
    file.write_text(TABLE)
    whotop("import", file, "--store", store, "--time-zone", "Asia/Tokyo")
    assert rows(store, "SELECT min(time_us) / 1000000 FROM events") == [(1_794_963_600,)]


def test_history_that_the_store_will_not_keep_is_said_to_be_so(whotop: Run, tmp_path: Path, store: Path) -> None:
    file = tmp_path / "events.csv"
    file.write_text(TABLE.replace("2026", "2001"))
    assert "older than the 400 days" in whotop("import", file, "--store", store)[2]


def test_a_store_that_cannot_be_is_found_before_anything_is_read(whotop: Run, tmp_path: Path) -> None:
    file = tmp_path / "whotop.db"
    file.write_text("this is no database, whatever it is called")
    code, printed, errors = whotop("import", tmp_path / "none.csv", "--store", file)
    assert (code, printed, len(errors.splitlines())) == (1, "", 1)
    assert "not a database" in errors

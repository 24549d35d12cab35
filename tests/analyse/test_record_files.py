"""Files of login records of every kind, as they are named on the command line."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import struct
import tarfile
import threading
import zlib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from whotop.analyse.record_files import Reading, RecordFile
from whotop.analyse.report_files import report_files
from whotop.clock import SECOND_US, ManualClock
from whotop.errors import InputError
from whotop.model import Event, EventKind, Standing
from whotop.render import Format, render

NOW_US = 1_795_312_800 * SECOND_US
"""2026-11-22 02:00 UTC."""
LOG = (
    "Nov 22 00:10:02 web-01 sshd[1200]: Accepted password for anna from 192.0.2.7 port 50022 ssh2\n"
    "Nov 22 00:11:02 web-02 sshd[1200]: Accepted password for bert from 192.0.2.8 port 50022 ssh2\n"
    "Nov 22 00:12:02 web-01 sshd[1200]: pam_unix(sshd:session): session closed for user anna\n"
)


def events_of(path: Path) -> list[Event]:
    return list(RecordFile(str(path), Reading(now_us=NOW_US)).events())


def text_of(*paths: Path | str) -> str:
    report, _ = report_files(paths, clock=ManualClock(NOW_US))
    return render(report, Format.TEXT).decode()


def utmp_record(kind: int, user: bytes, line: bytes, seconds: int) -> bytes:
    return struct.pack("<hxxi32s4s32s256shhiIi16s20s", kind, 9, line, b"", user, b"", 0, 0, 0, seconds, 0, b"", b"")


def test_each_machine_that_a_log_names_is_told(tmp_path: Path) -> None:
    path = tmp_path / "auth.log"
    path.write_text(LOG)
    assert text_of(path) == "web-02: bert\n"
    assert {event.standing for event in events_of(path)} == {Standing.HISTORY}


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_a_rotated_copy_may_be_compressed(tmp_path: Path, compress: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "auth.log.2.gz"
    path.write_bytes(compress(LOG.encode()))
    assert [event.user for event in events_of(path)] == ["anna", "bert", "anna"]


def test_a_copy_may_be_several_streams_with_padding_between_them(tmp_path: Path) -> None:
    first, rest = LOG.encode()[:100], LOG.encode()[100:]
    path = tmp_path / "auth.log.2.xz"
    path.write_bytes(lzma.compress(first) + bytes(8) + lzma.compress(rest) + bytes(4))
    assert [event.user for event in events_of(path)] == ["anna", "bert", "anna"]


def test_a_copy_that_asks_for_gigabytes_of_memory_is_refused(tmp_path: Path) -> None:
    stream = bytearray(lzma.compress(LOG.encode() * 50))
    # The block's header (xz file format, 3.1): size, flags, the filter, how many properties, the dictionary's size.
    assert stream[12:16] == bytes([2, 0, 0x21, 1])
    stream[16] = 38  # 2 GiB
    stream[20:24] = zlib.crc32(stream[12:20]).to_bytes(4, "little")
    path = tmp_path / "auth.log.2.xz"
    path.write_bytes(stream)
    with pytest.raises(InputError, match=r"(?i)memory usage limit"):
        events_of(path)


def test_a_broken_copy_is_named(tmp_path: Path) -> None:
    for number, content in enumerate((gzip.compress(LOG.encode())[:-20], b"\x1f\x8bhello", b"\xfd7zXZ\0hello")):
        path = tmp_path / f"auth.log.{number}"
        path.write_bytes(content)
        with pytest.raises(InputError, match=path.name):
            events_of(path)


def test_a_log_without_years_is_dated_by_the_file(tmp_path: Path) -> None:
    path = tmp_path / "auth.log"
    path.write_text(LOG)
    os.utime(path, (1_700_700_000, 1_700_700_000))  # 2023-11-23
    assert {event.time_us // SECOND_US // 31_556_952 for event in events_of(path)} == {53}


def test_a_copied_log_that_passes_over_the_day_of_today_is_of_one_year(tmp_path: Path) -> None:
    path = tmp_path / "auth.log"
    path.write_text(LOG + LOG.replace("Nov 22", "Nov 24"))
    os.utime(path, (NOW_US // SECOND_US, NOW_US // SECOND_US))
    times_us = [event.time_us for event in events_of(path)]
    assert times_us == sorted(times_us)
    assert times_us[-1] < NOW_US


def test_a_log_of_most_of_a_year_is_dated_by_its_last_line(tmp_path: Path) -> None:
    path = tmp_path / "auth.log"
    path.write_text(LOG.replace("Nov 22", "Jun 14") + LOG.replace("Nov 22", "Feb 25"))
    os.utime(path, (NOW_US // SECOND_US, NOW_US // SECOND_US))
    times_us = [event.time_us for event in events_of(path)]
    assert times_us == sorted(times_us)


def test_a_machine_that_starts_without_a_clock_does_not_date_its_log(tmp_path: Path) -> None:
    path = tmp_path / "auth.log"
    path.write_text(LOG + "Jan  1 00:00:09 web-01 sshd[300]: Server listening on :: port 22.\n")
    os.utime(path, (NOW_US // SECOND_US, NOW_US // SECOND_US))
    assert {event.time_us // SECOND_US // 31_556_952 for event in events_of(path)} == {56}


def test_records_are_of_the_machine_that_the_file_is_named_after(tmp_path: Path) -> None:
    path = tmp_path / "web-07.wtmp"
    path.write_bytes(utmp_record(2, b"reboot", b"~", 1_795_000_000) + utmp_record(7, b"anna", b"pts/0", 1_795_000_100))
    assert text_of(path) == "web-07: anna\n"


def test_failed_logins_of_a_btmp_leave_nobody_there(tmp_path: Path) -> None:
    path = tmp_path / "web-07.btmp"
    path.write_bytes(utmp_record(6, b"anna", b"ssh:notty", 1_795_000_000) * 2)
    assert [(event.kind, event.ordinal) for event in events_of(path)] == [
        (EventKind.FAILED_LOGIN, 0),
        (EventKind.FAILED_LOGIN, 1),
    ]
    assert text_of(path).startswith("failed logins: 1 as anna on web-07")


def test_a_journal_and_its_export_tell_the_same(tmp_path: Path) -> None:
    fields = {
        "__CURSOR": "s=1",
        "__REALTIME_TIMESTAMP": "1795298012500000",
        "_HOSTNAME": "web-03",
        "_PID": "1200",
        "SYSLOG_IDENTIFIER": "sshd",
        "MESSAGE": "Accepted password for anna from 192.0.2.7 port 50022 ssh2",
    }
    (tmp_path / "journal.json").write_text(json.dumps(fields) + "\n" + json.dumps({**fields, "_HOSTNAME": "web-04"}))
    (tmp_path / "export").write_text("".join(f"{name}={value}\n" for name, value in fields.items()) + "\n")
    assert text_of(tmp_path / "journal.json") == "web-03: anna\nweb-04: anna\n"
    assert text_of(tmp_path / "export") == "web-03: anna\n"


@pytest.mark.parametrize(
    "text",
    [
        "anna     pts/0        192.0.2.7        Sun Nov 22 00:23   still logged in\n",
        "anna     pts/0        Nov 22 00:23 (192.0.2.7)\n",
        "SESSION  UID USER SEAT  TTY\n      5 1000 anna       pts/0\n",
    ],
    ids=["last", "who", "loginctl"],
)
def test_what_programs_print_of_logins_is_read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "web-05.txt"
    path.write_text(text)
    assert text_of(path) == "web-05: anna\n"


def test_files_of_different_kinds_are_one_stream(tmp_path: Path) -> None:
    (tmp_path / "auth.log").write_text(LOG)
    (tmp_path / "events.csv").write_text("date,type,machine,user\n2026-11-22 00:20:00,login,web-01,carl\n")
    assert text_of(tmp_path / "auth.log", tmp_path / "events.csv") == "web-01: carl\nweb-02: bert\n"


def test_standard_input_may_be_of_any_kind_that_needs_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(LOG.encode())))
    assert text_of("-") == "web-02: bert\n"
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"SQLite format 3\0")))
    with pytest.raises(InputError, match="standard input"):
        text_of("-")


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_standard_input_may_be_compressed(monkeypatch: pytest.MonkeyPatch, compress: Callable[[bytes], bytes]) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(compress(LOG.encode()))))
    assert text_of("-") == "web-02: bert\n"


def test_a_pipe_may_be_compressed_and_give_its_bytes_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "auth.log"
    os.mkfifo(path)

    def write() -> None:
        with path.open("wb", buffering=0) as pipe:
            for byte in gzip.compress(LOG.encode()):
                pipe.write(bytes([byte]))

    writer = threading.Thread(target=write)
    writer.start()
    assert text_of(path) == "web-02: bert\n"
    writer.join()


@pytest.mark.parametrize(
    ("content", "program"),
    [(b"\x28\xb5\x2f\xfd\x04\x58", "zstd"), (b"PK\3\4\x14\0", "zip"), (b"\x1f\x9d\x90", "compress")],
)
def test_what_is_compressed_otherwise_is_to_be_unpacked_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, program: str
) -> None:
    path = tmp_path / "auth.log.2"
    path.write_bytes(content)
    with pytest.raises(InputError, match=rf"auth\.log\.2: this is compressed with {program}.*unpack it first"):
        events_of(path)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(content)))
    with pytest.raises(InputError, match=rf"standard input: this is compressed with {program}.*unpack it first"):
        text_of("-")


def test_archives_and_journals_of_journald_are_told_with_the_mend(tmp_path: Path) -> None:
    journal, archive = tmp_path / "system.journal", tmp_path / "logs.tar.gz"
    journal.write_bytes(b"LPKSHHRH" + bytes(500))
    with pytest.raises(InputError, match=r"system\.journal: a journal as journald keeps it.*-o export"):
        events_of(journal)
    with tarfile.open(archive, "w:gz") as packed:
        packed.add(journal)
    with pytest.raises(InputError, match=r"logs\.tar\.gz: an archive of tar: unpack it first"):
        events_of(archive)


def test_an_empty_name_is_said_to_be_one() -> None:
    with pytest.raises(InputError, match="the name of a file is empty"):
        text_of("")


def test_an_empty_file_of_records_holds_nobody(tmp_path: Path) -> None:
    path = tmp_path / "wtmp"
    path.touch()
    assert events_of(path) == []


def test_dates_without_a_zone_are_in_the_zone_that_is_given(tmp_path: Path) -> None:
    path = tmp_path / "auth.log"
    path.write_text(LOG)
    there = RecordFile(str(path), Reading(zone=ZoneInfo("Asia/Tokyo"), now_us=NOW_US)).events()
    assert [one.time_us - other.time_us for one, other in zip(events_of(path), there, strict=True)] == [
        9 * 3600 * SECOND_US
    ] * 3


@pytest.mark.parametrize(
    "line",
    ["anna     pts/0        192.0.2.7        Sun Nov 22 00:23 - 00:30  (00:07)\n", "anna pts/0 2026-11-22 00:23\n"],
)
def test_a_small_file_that_opens_to_gigabytes_is_to_be_unpacked_first(tmp_path: Path, line: str) -> None:
    file = tmp_path / "last.gz"
    file.write_bytes(gzip.compress(line.encode() * 100_000))
    with pytest.raises(InputError, match="unpack it first"):
        list(RecordFile(str(file), Reading()).events())

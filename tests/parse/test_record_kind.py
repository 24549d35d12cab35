"""Of what kind a file is, by how it begins."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.parse.record_kind import RecordKind, kind_of

HERE = Path(__file__).parent


def utmp_record(kind: int, user: bytes, line: bytes) -> bytes:
    return struct.pack(
        "<hxxi32s4s32s256shhiIi16s20s", kind, 9, line, b"", user, b"", 0, 0, 0, 1_795_298_012, 0, b"", b""
    )


def utx_record() -> bytes:
    return struct.pack(">BQ8sI32s16s128s", 4, 1_795_298_012_000_000, b"a", 9, b"anna", b"pts/0", b"h")


LOG = b"Nov 22 00:10:02 web-01 sshd[1200]: Accepted password for anna from 192.0.2.7 port 1 ssh2\n"
LAST = b"anna     pts/0        192.0.2.7        Sun Nov 22 00:23 - 00:30  (00:07)\n"
CASES: list[tuple[bytes, str, RecordKind]] = [
    (b"date,type,machine,user\n2020-01-21 12:45:56,login,web-01,anna\n", "x", RecordKind.EVENT_TABLE),
    (b"\xef\xbb\xbfuser,date,type,machine\r\n", "x", RecordKind.EVENT_TABLE),
    (utmp_record(2, b"reboot", b"~") * 3, "x", RecordKind.WTMP),
    (utmp_record(7, b"anna", b"pts/0"), "utmp", RecordKind.UTMP),
    (utmp_record(6, b"anna", b"tty1"), "btmp.1", RecordKind.BTMP),
    (utmp_record(6, b"anna", b"ssh:notty"), "x", RecordKind.BTMP),
    (utmp_record(6, b"anna", b"ssh:notty"), "wtmp", RecordKind.WTMP),
    (struct.pack(">H", len(utx_record().rstrip(b"\0"))) + utx_record().rstrip(b"\0"), "x", RecordKind.UTX_LOG),
    (utx_record() * 2, "x", RecordKind.UTX_ACTIVE),
    (b"SQLite format 3\0" + b"\0" * 100, "x", RecordKind.WTMPDB),
    (b"ElfFile\0" + b"\0" * 100, "x", RecordKind.EVTX),
    (b'<?xml version="1.0"?><Events>', "x", RecordKind.WINDOWS_EXPORT),
    (b'[{"Id": 4624}]', "x", RecordKind.WINDOWS_EXPORT),
    (b'{"EventID": 4624}\n', "x", RecordKind.WINDOWS_EXPORT),
    (b"\xff\xfe<\0E\0v\0", "x", RecordKind.WINDOWS_EXPORT),
    (json.dumps({"__CURSOR": "s=1", "MESSAGE": "x"}).encode() + b"\n", "x", RecordKind.JOURNAL),
    (b'{ "SYSLOG_IDENTIFIER" : "sshd", "MESSAGE" : "x" }\n', "x", RecordKind.JOURNAL),
    (b"__CURSOR=s=1\n__REALTIME_TIMESTAMP=1\n\n", "x", RecordKind.JOURNAL_EXPORT),
    (LOG, "x", RecordKind.LOG),
    (b"a line cut off\n" + LOG * 5, "x", RecordKind.LOG),
    (b"\0" * 100 + LOG * 5, "x", RecordKind.LOG),
    (b"<86>1 2026-11-22T00:10:02Z web-01 sshd 1 - - x\n", "x", RecordKind.LOG),
    (b"<86>Nov 22 00:10:02 web-01 sshd[1]: x\n", "x", RecordKind.LOG),
    (b"2026-11-22T00:10:02.123456+01:00 web-01 sshd[1]: x\n", "x", RecordKind.LOG),
    (LAST * 3 + b"\nwtmp begins Tue May 20 00:00:00 2025\n", "x", RecordKind.LAST),
    (LAST + b"\nbtmp begins Tue May 20 00:00:00 2025\n", "x", RecordKind.LASTB),
    (b"anna     pts/0        Nov 22 00:23 (192.0.2.7)\n", "x", RecordKind.WHO),
    (b"SESSION  UID USER SEAT  TTY\n      5 1000 anna seat0 tty2\n", "x", RecordKind.LOGINCTL),
    (b'[{"session":"5","uid":1000}]', "x", RecordKind.LOGINCTL),
    (b"[]\n", "x", RecordKind.LOGINCTL),
    (b"Id=5\nUser=1000\nName=anna\n", "x", RecordKind.LOGINCTL),
    (b"", "wtmp", RecordKind.WTMP),
    (b"", "auth.log", RecordKind.LOG),
    (b"", "x", RecordKind.EVENT_TABLE),
    (b"nothing of the kind\n", "x", RecordKind.EVENT_TABLE),
    (b"\x00\x01\x02\x03" * 100, "x", RecordKind.EVENT_TABLE),
]


@pytest.mark.parametrize(("beginning", "name", "expected"), CASES)
def test_a_file_is_known_by_how_it_begins(beginning: bytes, name: str, expected: RecordKind) -> None:
    assert kind_of(beginning, name) is expected


@pytest.mark.parametrize("path", sorted((HERE / "utmp").glob("*.bin")), ids=lambda path: path.stem)
def test_records_of_every_layout_are_known(path: Path) -> None:
    assert kind_of(path.read_bytes(), "wtmp.1") is RecordKind.WTMP


@given(data=st.binary(max_size=500))
def test_arbitrary_bytes_are_of_some_kind(data: bytes) -> None:
    assert kind_of(data, "x") in set(RecordKind)

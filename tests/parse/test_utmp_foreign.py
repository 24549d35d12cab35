"""Login records of systems other than Linux become the same events."""

from __future__ import annotations

import random
import struct

import pytest

from whotop.model import EventKind, Origin
from whotop.parse.record_kind import RecordKind, kind_of
from whotop.parse.utmp import events
from whotop.parse.utmp_foreign import file_layout_of

NOON = 1_763_726_400


def macos(kind: int, user: bytes = b"", line: bytes = b"", host: bytes = b"", second: int = NOON) -> bytes:
    return struct.pack("<256s4s32sihxxii256s64x", user, b"", line, 500, kind, second, 7, host)


def solaris(kind: int, user: bytes = b"", line: bytes = b"", host: bytes = b"", *, order: str = ">") -> bytes:
    return struct.pack(order + "32s4s32sihhhxxiii20xh257sx", user, b"", line, 500, kind, 0, 0, NOON, 7, 0, 0, host)


def openbsd(user: bytes, line: bytes, host: bytes = b"") -> bytes:
    return struct.pack("<8s32s256sq", line, user, host, NOON)


MACOS = b"".join(
    [
        macos(10, user=b"utmpx-1.00", second=0),
        macos(2),
        macos(7, b"anna", b"console"),
        macos(0x4007, b"anna", b"ttys001", b"192.0.2.7"),
        macos(8, b"anna", b"ttys001"),
        macos(11),
    ]
)
SOLARIS = [
    (2, b"", b"system boot", b""),
    (7, b"anna", b"pts/1", b"192.0.2.7"),
    (8, b"anna", b"pts/1", b""),
    (10, b"", b"", b""),
]
OPENBSD = openbsd(b"reboot", b"~") + openbsd(b"anna", b"ttyp0", b"192.0.2.7") + openbsd(b"", b"ttyp0")


def told(data: bytes) -> list[tuple[EventKind, str, str, str]]:
    found = events(data, "m", Origin.WTMP, layout=file_layout_of(data))
    assert {event.time_us // 1_000_000 for event in found} == {NOON}
    return [(event.kind, event.user, event.tty, event.source) for event in found]


def test_utmpx_of_macos_is_read() -> None:
    assert kind_of(MACOS, "utmpx") is RecordKind.UTMP
    assert told(MACOS) == [
        (EventKind.BOOT, "", "", ""),
        (EventKind.LOGIN, "anna", "console", ""),
        (EventKind.LOGIN, "anna", "ttys001", "192.0.2.7"),
        (EventKind.LOGOUT, "anna", "ttys001", ""),
        (EventKind.SHUTDOWN, "", "", ""),
    ]


@pytest.mark.parametrize("order", [">", "<"], ids=["SPARC", "x86"])
def test_wtmpx_of_solaris_is_read_in_either_byte_order(order: str) -> None:
    data = b"".join(solaris(*record, order=order) for record in SOLARIS)
    assert kind_of(data, "dump") is RecordKind.WTMP
    assert told(data) == [
        (EventKind.BOOT, "", "", ""),
        (EventKind.LOGIN, "anna", "pts/1", "192.0.2.7"),
        (EventKind.LOGOUT, "anna", "pts/1", ""),
        (EventKind.SHUTDOWN, "", "", ""),
    ]


def test_wtmp_of_openbsd_is_read_where_a_logout_is_a_line_without_a_user() -> None:
    assert kind_of(OPENBSD, "wtmp") is RecordKind.WTMP
    assert told(OPENBSD) == [
        (EventKind.BOOT, "", "", ""),
        (EventKind.LOGIN, "anna", "ttyp0", "192.0.2.7"),
        (EventKind.LOGOUT, "", "ttyp0", ""),
    ]


@pytest.mark.parametrize("size", [372 * 40, 628 * 24, 304 * 50])
def test_bytes_that_are_no_records_are_records_in_no_layout(size: int) -> None:
    assert kind_of(random.Random(size).randbytes(size), "data") is RecordKind.EVENT_TABLE

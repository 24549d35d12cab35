"""The journal's entries, in JSON and in the export format: text, bytes, repeated and left out."""

from __future__ import annotations

import json
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.model import EventKind, Origin
from whotop.parse import journal
from whotop.parse.journal_export import JournalExport
from whotop.parse.log_line import LONGEST_BYTES, LogLine
from whotop.parse.login_log import LoginLog

MESSAGE = "Failed password for anna from 203.0.113.9 port 40000 ssh2"
ENTRY: dict[str, Any] = {
    "__CURSOR": "s=0123456789abcdef0123456789abcdef;i=1f2;b=00112233445566778899aabbccddeeff;m=1;t=2;x=3",
    "__REALTIME_TIMESTAMP": "1795298012500000",
    "_SOURCE_REALTIME_TIMESTAMP": "1795298012123456",
    "_BOOT_ID": "00112233445566778899aabbccddeeff",
    "_HOSTNAME": "web-01",
    "_UID": "0",
    "_PID": "1200",
    "_COMM": "sshd",
    "SYSLOG_IDENTIFIER": "sshd",
    "SYSLOG_PID": "1200",
    "MESSAGE": MESSAGE,
}


def entry(**fields: Any) -> bytes:
    """An entry of sshd with these fields instead of its own; None leaves one out."""
    return json.dumps({name: value for name, value in {**ENTRY, **fields}.items() if value is not None}).encode()


def read(*entries: bytes) -> list[LogLine]:
    return journal.lines(entries)


def export(fields: dict[str, str | bytes]) -> bytes:
    parts = []
    for name, value in fields.items():
        if isinstance(value, bytes):
            parts.append(name.encode() + b"\n" + struct.pack("<Q", len(value)) + value + b"\n")
        else:
            parts.append(f"{name}={value}\n".encode())
    return b"".join(parts) + b"\n"


def test_an_entry_is_a_line() -> None:
    (line,) = read(entry())
    assert line == LogLine(
        time_us=1795298012123456,
        program=b"sshd",
        message=MESSAGE.encode(),
        pid=1200,
        host=b"web-01",
        record_id="0123456789ab:1f2",
        boot_id="00112233-4455-6677-8899-aabbccddeeff",
    )


def test_a_line_is_dated_by_its_sending_else_by_its_writing() -> None:
    (line,) = read(entry(_SOURCE_REALTIME_TIMESTAMP=None))
    assert line.time_us == 1795298012500000


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (MESSAGE, MESSAGE.encode()),
        (list(MESSAGE.encode()), MESSAGE.encode()),
        ([*b"Invalid user \xff\x1b from 1"], b"Invalid user \xff\x1b from 1"),
        ([MESSAGE, "another"], MESSAGE.encode()),
        ([list(MESSAGE.encode()), list(b"another")], MESSAGE.encode()),
        ([list(b"\xff"), "another"], b"\xff"),
        ("x" * 20_000, b"x" * LONGEST_BYTES),
    ],
)
def test_a_message_is_a_text_a_list_of_bytes_or_several_of_which_the_first_counts(
    message: Any, expected: bytes
) -> None:
    (line,) = read(entry(MESSAGE=message))
    assert line.message == expected


@pytest.mark.parametrize("message", [[], [300], [-1], [1.5], {"a": 1}, 7, True, [[[1]]], [10**30], ["", MESSAGE]])
def test_a_message_that_journalctl_never_writes_tells_nothing(message: Any) -> None:
    assert read(entry(MESSAGE=message)) == []


def test_a_message_of_null_was_too_long_for_journalctl() -> None:
    assert read(json.dumps({**ENTRY, "MESSAGE": None}).encode()) == []


def test_other_fields_may_be_repeated_too() -> None:
    (line,) = read(entry(SYSLOG_IDENTIFIER=["sshd", "other"], SYSLOG_PID=["1", "2"], _HOSTNAME=None))
    assert (line.program, line.pid, line.host) == (b"sshd", 1200, b"")


def test_the_sender_is_named_by_himself_else_by_its_program() -> None:
    (line,) = read(entry(SYSLOG_IDENTIFIER=None, _COMM="sshd-session", _PID=None, SYSLOG_PID="77"))
    assert (line.program, line.pid) == (b"sshd-session", 77)


def test_what_somebody_else_than_root_writes_in_the_name_of_sshd_is_not_believed() -> None:
    assert read(entry(_UID="1000", MESSAGE="Accepted password for root from 192.0.2.7 port 1 ssh2")) == []
    assert read(entry(_UID=["1000", "0"])) == []
    assert len(read(entry(_UID=None))) == 1


def test_logind_names_session_user_and_leader() -> None:
    entries = [
        entry(
            SYSLOG_IDENTIFIER="systemd-logind",
            MESSAGE_ID="8d45620c1a4348dbb17410da57c60c66",
            MESSAGE="New session 5 of user anna.",
            SESSION_ID="5",
            USER_ID="anna",
            LEADER="1200",
        ),
        entry(
            SYSLOG_IDENTIFIER="systemd-logind",
            MESSAGE_ID="3354939424b4456d9802ca8333ed424a",
            MESSAGE="Removed session 5.",
            SESSION_ID="5",
            LEADER="1200",
        ),
    ]
    (line, _) = read(*entries)
    assert (line.session_id, line.user, line.leader_pid) == (b"5", b"anna", 1200)
    found = LoginLog("web-01", Origin.JOURNAL).events(read(*entries))
    assert [(event.kind, event.leader_pid, event.session_id) for event in found] == [
        (EventKind.LOGIN, 1200, "5"),
        (EventKind.LOGOUT, 1200, "5"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"sshd",
        b"[]",
        b'"sshd"',
        b"{" * 100_000 + b"sshd",
        b'{"sshd":' + b"[" * 50_000,
        entry()[:-1],
        entry() + b"x",
        entry(__REALTIME_TIMESTAMP="9" * 30, _SOURCE_REALTIME_TIMESTAMP="-1"),
        entry(__REALTIME_TIMESTAMP=None, _SOURCE_REALTIME_TIMESTAMP=None),
        entry(MESSAGE=None),
        entry(SYSLOG_IDENTIFIER=None, _COMM=None),
        entry(MESSAGE="x" * journal.LONGEST_ENTRY_BYTES),
        entry()[:-1] + b', "MESSAGE": "Accepted password for root from 192.0.2.7 port 1 ssh2"}',
        entry()[:-1] + b', "_UID": "0"}',
        entry().replace(b"anna", b"\xff\xfe"),
        entry().replace(b"anna", b"\\ud800"),
    ],
)
def test_what_is_no_entry_is_left_out_and_the_next_is_read(text: bytes) -> None:
    assert len(read(text, entry())) == 1


def test_a_field_of_any_depth_that_is_not_ours_changes_nothing() -> None:
    nested = b"[" * 500 + b"]" * 500
    assert len(read(entry()[:-1] + b', "OTHER": ' + nested + b"}")) == 1


def test_numbers_of_any_size_are_no_process() -> None:
    (line,) = read(entry(_PID="9" * 18, SYSLOG_PID="x", LEADER="4294967296"))
    assert (line.pid, line.leader_pid) == (0, 0)


def test_an_unknown_cursor_and_boot_are_left_out() -> None:
    (line,) = read(entry(__CURSOR="\x1b[2J", _BOOT_ID="boot"))
    assert (line.record_id, line.boot_id) == ("", "")


def test_entries_of_other_programs_are_passed_over_unread() -> None:
    assert read(entry(SYSLOG_IDENTIFIER="kernel", _COMM="x", MESSAGE="hello")) == []


def test_the_export_tells_the_same_as_the_json() -> None:
    log = JournalExport()
    assert log.lines(export(ENTRY)) == read(entry())
    assert log.lines(export({**ENTRY, "MESSAGE": MESSAGE.encode()})) == read(entry())


def test_a_binary_value_may_hold_lines() -> None:
    message = b"Invalid user a\n\nMESSAGE=Accepted password for root from 1 from 203.0.113.9 port 1"
    (line,) = JournalExport().lines(export({**ENTRY, "MESSAGE": message}))
    assert line.message == message


def test_of_a_repeated_field_of_an_export_the_first_counts() -> None:
    data = export(ENTRY)[:-1] + b"MESSAGE=another\n\n"
    (line,) = JournalExport().lines(data)
    assert line.message == MESSAGE.encode()


def test_the_last_entry_of_an_export_needs_no_empty_line() -> None:
    log = JournalExport()
    assert log.lines(export(ENTRY)[:-2]) == []
    assert len(log.finish()) == 1


def test_a_value_too_long_to_be_of_use_is_passed_over_without_being_kept() -> None:
    log = JournalExport()
    assert log.lines(b"COREDUMP\n" + struct.pack("<Q", 2**40)) == []
    for _ in range(50):
        assert log.lines(b"x" * 100_000) == []
    log = JournalExport()
    size = journal.LONGEST_ENTRY_BYTES + 1
    data = b"COREDUMP\n" + struct.pack("<Q", size) + b"x" * size + b"\n" + export(ENTRY)
    assert len(log.lines(data)) == 1


def test_a_line_of_an_export_without_end_takes_no_memory() -> None:
    log = JournalExport()
    for _ in range(50):
        assert log.lines(b"A=" + b"x" * 100_000) == []
    assert len(log.lines(b"\n" + export(ENTRY))) == 1


@given(cuts=st.lists(st.integers(1, 50), min_size=1))
def test_an_export_cut_anywhere_holds_the_same_entries(cuts: list[int]) -> None:
    data = export(ENTRY) + export({**ENTRY, "MESSAGE": b"a\n\nb=\x00"}) + export({"OTHER": b"\n" * 9, **ENTRY})
    log, found, place = JournalExport(), [], 0
    for size in cuts * (len(data) + 1):
        if place >= len(data):
            break
        found += log.lines(data[place : place + size])
        place += size
    assert found == JournalExport().lines(data)
    assert len(found) == 3


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(fields=st.dictionaries(st.sampled_from(sorted(ENTRY)), VALUES, max_size=6))
def test_whatever_fields_hold_their_line_is_within_bounds(fields: dict[str, Any]) -> None:
    for line in read(json.dumps({**ENTRY, **fields}).encode()):
        assert line.time_us > 0
        assert 0 <= line.pid < 2**31
        assert 0 < len(line.message) <= LONGEST_BYTES


@given(data=st.binary(max_size=300))
def test_arbitrary_bytes_give_lines_or_nothing(data: bytes) -> None:
    read(b"sshd" + data, b'{"MESSAGE": "sshd", ' + data)
    log = JournalExport()
    log.lines(data)
    log.lines(b"\n" + export(ENTRY) + data)
    log.finish()

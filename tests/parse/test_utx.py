"""FreeBSD's records: what each says, cut and whole."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.clock import SECOND_US
from whotop.core.tracker import SessionTracker
from whotop.model import EventKind, Origin, Outcome
from whotop.parse import utx

START_US = 1_795_298_012_123_456
FIELDS = struct.Struct(">BQ8sI32s16s128s")


def record(
    kind: int, seconds: float, user: bytes = b"", line: bytes = b"", host: bytes = b"", place: bytes = b"a"
) -> bytes:
    return FIELDS.pack(kind, START_US + round(seconds * SECOND_US), place, 77, user, line, host)


def log(*records: bytes) -> bytes:
    cut = [one.rstrip(b"\0") for one in records]
    return b"".join(struct.pack(">H", len(one)) + one for one in cut)


SESSION = (
    record(utx.BOOT_TIME, 0),
    record(utx.USER_PROCESS, 10, b"anna", b"pts/0", b"192.0.2.7"),
    record(utx.USER_PROCESS, 20, b"bert", b"ttyv0", place=b"b"),
    record(utx.DEAD_PROCESS, 70),
    record(utx.SHUTDOWN_TIME, 100),
)


def test_each_record_is_an_event_and_a_logout_has_the_terminal_of_its_login() -> None:
    found = utx.events(log(*SESSION), "bsd-01")
    assert [(event.kind, (event.time_us - START_US) // SECOND_US, event.user, event.tty) for event in found] == [
        (EventKind.BOOT, 0, "", ""),
        (EventKind.LOGIN, 10, "anna", "pts/0"),
        (EventKind.LOGIN, 20, "bert", "ttyv0"),
        (EventKind.LOGOUT, 70, "anna", "pts/0"),
        (EventKind.SHUTDOWN, 100, "", ""),
    ]
    assert (found[1].source, found[1].login_pid, found[1].origin) == ("192.0.2.7", 77, Origin.WTMP)


def test_the_tracker_knows_how_each_session_ended() -> None:
    tracker = SessionTracker()
    ends = {}
    for transition in tracker.apply_all(utx.events(log(*SESSION), "bsd-01")):
        if transition.session is not None:
            ends[transition.session.user] = transition.session.outcome
    assert ends == {"anna": Outcome.LOGOUT, "bert": Outcome.SHUTDOWN}


def test_the_active_file_holds_who_is_there() -> None:
    data = b"".join((SESSION[0], SESSION[1], record(utx.DEAD_PROCESS, 5, place=b"z"), b"\0" * FIELDS.size))
    (report,) = utx.live_reports(data, "bsd-01", boot_id="b", seen_us=5, skew_us=-7)
    assert (report.user, report.tty, report.source, report.origin) == ("anna", "pts/0", "192.0.2.7", Origin.UTMP)
    assert (report.boot_id, report.seen_us, report.skew_us) == ("b", 5, -7)


def test_the_two_files_are_told_from_each_other_and_from_others() -> None:
    whole, cut = b"".join(SESSION), log(*SESSION)
    assert (utx.is_log(cut), utx.is_active(cut)) == (True, False)
    assert (utx.is_log(whole), utx.is_active(whole)) == (False, True)
    for other in (b"", b"\0" * 400, b"hello\n" * 100, struct.pack("<hxxi", 7, 9).ljust(384, b"x")):
        assert not utx.is_log(other)
        assert not utx.is_active(other)


@pytest.mark.parametrize("rest", [b"\0", b"\0\0", b"\xff\xff" + b"x" * 400, b"\0\x20short"])
def test_a_rest_that_is_no_record_ends_the_reading(rest: bytes) -> None:
    assert len(utx.events(log(*SESSION) + rest, "bsd-01")) == len(SESSION)


@given(data=st.binary(max_size=600))
def test_arbitrary_bytes_give_events_or_nothing(data: bytes) -> None:
    utx.is_log(data)
    utx.is_active(data)
    for event in utx.events(data, "bsd-01") + utx.events(log(*SESSION) + data, "bsd-01") + utx.live_reports(data, "m"):
        assert event.user.isprintable()
        assert 0 < event.time_us <= 2**53

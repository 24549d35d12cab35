"""Sessions of which the log of sshd tells: by its process, which logind calls the leader, without a terminal."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.conftest import make_event
from whotop.clock import SECOND_US
from whotop.core.tracker import SessionTracker
from whotop.model import Event, Origin, Outcome


def log_login(seconds: float, pid: int = 90, origin: Origin = Origin.AUTH_LOG, **fields: Any) -> Event:
    return make_event(
        "login",
        seconds,
        user="alice",
        source="10.0.0.7",
        leader_pid=pid,
        origin=origin,
        record_id=str(pid),
        **fields,
    )


def log_logout(seconds: float, pid: int = 90, origin: Origin = Origin.AUTH_LOG, **fields: Any) -> Event:
    return make_event("logout", seconds, user="alice", leader_pid=pid, origin=origin, **fields)


def test_a_logout_ends_the_session_of_its_process() -> None:
    tracker = SessionTracker()
    tracker.apply(log_login(10))
    tracker.apply(log_login(20, pid=91))
    (closed,) = tracker.apply(log_logout(60))
    assert closed.session is not None
    assert (closed.session.leader_pid, closed.session.outcome) == (90, Outcome.LOGOUT)
    assert [session.leader_pid for session in tracker.open_sessions()] == [91]


def test_sessions_without_a_terminal_are_each_their_own() -> None:
    tracker = SessionTracker()
    for pid in (90, 91, 92):
        tracker.apply(log_login(10, pid=pid))
    assert len(tracker.open_sessions()) == 3


def test_a_process_number_used_again_is_another_session() -> None:
    tracker = SessionTracker()
    for event in (log_login(10), log_logout(20), log_login(1000), log_logout(2000)):
        tracker.apply(event)
    assert tracker.open_sessions() == []
    assert tracker.unmatched_logouts == 0


@pytest.mark.parametrize("first", ["log", "list"])
def test_the_log_and_logind_tell_of_one_session(reports: Any, first: str) -> None:
    tracker = SessionTracker()
    listed = [reports.logind(10.1, tty="", pid=90)]
    if first == "log":
        tracker.apply(log_login(10))
    tracker.observe("web-01", "b1", listed, 12 * SECOND_US)
    if first == "list":
        tracker.apply(log_login(10))
    (session,) = tracker.open_sessions()
    assert (session.session_id, session.leader_pid, session.source) == ("5", 90, "10.0.0.7")


@pytest.mark.parametrize("first", ["log", "utmp"])
def test_the_log_and_utmp_tell_of_one_session(reports: Any, first: str) -> None:
    tracker = SessionTracker()
    if first == "log":
        tracker.apply(log_login(10))
    tracker.observe("web-01", "b1", [reports.utmp(10.4)], 12 * SECOND_US)
    if first == "utmp":
        tracker.apply(log_login(10))
    (session,) = tracker.open_sessions()
    assert (session.tty, session.leader_pid, session.login_pid) == ("pts/0", 90, 100)


def test_log_logind_utmp_and_wtmp_together_tell_of_one_session_and_one_logout(reports: Any) -> None:
    tracker = SessionTracker()
    tracker.observe("web-01", "b1", [reports.logind(10.1, tty=""), reports.utmp(10.4)], 11 * SECOND_US)
    ends = [
        transition
        for event in (log_login(10), reports.wtmp_login(10.4), log_logout(60), reports.wtmp_logout(60.1))
        for transition in tracker.apply(event)
        if transition.session is not None and not transition.session.is_open
    ]
    assert len(ends) == 1
    assert tracker.open_sessions() == []
    assert tracker.unmatched_logouts == 0


def test_a_logout_in_the_log_after_the_list_had_lost_the_session_corrects_its_end(reports: Any) -> None:
    tracker = SessionTracker()
    tracker.observe("web-01", "b1", [reports.logind(10.1)], 11 * SECOND_US)
    tracker.observe("web-01", "b1", [], 61 * SECOND_US)
    (corrected,) = tracker.apply(log_logout(60))
    assert corrected.session is not None
    assert (corrected.session.outcome, corrected.session.logout_us) == (Outcome.LOGOUT, 60 * SECOND_US)
    assert tracker.unmatched_logouts == 0


def test_a_session_that_only_the_log_knows_and_a_list_without_it_is_gone(reports: Any) -> None:
    tracker = SessionTracker()
    tracker.apply(log_login(10))
    tracker.observe("web-01", "b1", [], 20 * SECOND_US)
    assert tracker.open_sessions() == []


def test_a_session_that_a_process_told_first_has_the_time_of_the_record_that_tells_of_it_too() -> None:
    tracker = SessionTracker()
    process = make_event("login", 10.4, user="alice", tty="pts/0", login_pid=100, origin=Origin.PROC)
    tracker.observe("web-01", "b1", [process], 12 * SECOND_US)
    tracker.apply(log_login(10))
    tracker.observe("web-01", "b1", [process], 14 * SECOND_US)
    (session,) = tracker.open_sessions()
    assert (session.login_us, session.origin, session.tty) == (10 * SECOND_US, Origin.AUTH_LOG, "pts/0")


def test_a_short_session_in_a_log_of_whole_seconds_is_the_one_that_the_journal_tells_to_the_microsecond() -> None:
    tracker = SessionTracker()
    tracker.apply_all([log_login(10), log_logout(10)])
    told = [log_login(10.7, origin=Origin.JOURNAL), log_logout(10.9, origin=Origin.JOURNAL)]
    assert [one for one in tracker.apply_all(told) if one.event is not None] == []

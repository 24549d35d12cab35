from __future__ import annotations

from collections.abc import Callable
from typing import Any

from whotop.clock import SECOND_US
from whotop.core.keys import event_key
from whotop.core.tracker import SessionTracker
from whotop.core.transition import What
from whotop.model import Event, Origin, Outcome, RawText, Session

MakeEvent = Callable[..., Event]


def users(tracker: SessionTracker, machine: str = "web-01") -> list[str]:
    return [session.user for session in tracker.open_sessions(machine)]


def ended(tracker: SessionTracker, logout: Event) -> Session:
    """The session that the last transition of ``logout`` left behind."""
    session = tracker.apply(logout)[0].session
    assert session is not None
    return session


def test_a_login_opens_a_session_and_is_accepted_with_its_key(reports: Any) -> None:
    tracker = SessionTracker()
    login = reports.wtmp_login(10)
    (opened,) = tracker.apply(login)
    assert opened.what is What.OPENED
    assert opened.session is not None
    assert opened.event is not None
    assert opened.event.key == opened.event.session_key == opened.session.key == event_key(login)
    assert tracker.open_sessions() == [opened.session]


def test_a_logout_ends_it_and_names_user_source_and_duration_that_its_record_lacks(reports: Any) -> None:
    tracker = SessionTracker()
    tracker.apply(reports.wtmp_login(10))
    (closed,) = tracker.apply(reports.wtmp_logout(70))
    assert closed.what is What.CLOSED
    assert closed.session is not None
    assert closed.event is not None
    assert (closed.session.outcome, closed.session.logout_us) == (Outcome.LOGOUT, 70 * SECOND_US)
    assert (closed.event.user, closed.event.source, closed.event.duration_us) == ("alice", "10.0.0.7", 60 * SECOND_US)
    assert closed.event.session_key == closed.session.key
    assert users(tracker) == []


def test_a_logout_carries_the_users_name_as_received(reports: Any) -> None:
    tracker = SessionTracker()
    tracker.apply(reports.wtmp_login(10, user="root\\x1b", raw=RawText(user="root\x1b")))
    event = tracker.apply(reports.wtmp_logout(70))[0].event
    assert event is not None
    assert event.raw == RawText(user="root\x1b")


def test_a_logout_without_a_login_is_counted_and_changes_nothing_else(reports: Any) -> None:
    tracker = SessionTracker()
    tracker.apply(reports.wtmp_login(10, tty="pts/1", pid=101))
    (noted,) = tracker.apply(reports.wtmp_logout(20, tty="pts/0"))
    assert (noted.what, noted.session) == (What.NOTED, None)
    assert tracker.unmatched_logouts == 1
    assert users(tracker) == ["alice"]


def test_the_same_unmatched_logout_read_again_is_counted_once(reports: Any) -> None:
    tracker = SessionTracker()
    tracker.apply(reports.wtmp_logout(20))
    assert tracker.apply(reports.wtmp_logout(20)) == []
    assert tracker.unmatched_logouts == 1


def test_a_login_repeated_is_one_session(reports: Any) -> None:
    tracker = SessionTracker()
    tracker.apply(reports.wtmp_login(10))
    assert tracker.apply(reports.wtmp_login(10)) == []
    assert users(tracker) == ["alice"]


def test_a_logout_repeated_is_one_logout(reports: Any) -> None:
    tracker = SessionTracker()
    tracker.apply(reports.wtmp_login(10))
    tracker.apply(reports.wtmp_logout(70))
    assert tracker.apply(reports.wtmp_logout(70)) == []
    assert tracker.unmatched_logouts == 0


def test_an_old_record_of_an_ended_session_opens_nothing(reports: Any) -> None:
    tracker = SessionTracker()
    tracker.apply(reports.wtmp_login(10))
    tracker.apply(reports.wtmp_logout(70))
    assert tracker.apply(reports.wtmp_login(10)) == []
    assert users(tracker) == []


def test_wtmp_and_logind_tell_of_one_session_and_each_adds_what_it_knows(reports: Any) -> None:
    tracker = SessionTracker()
    (opened,) = tracker.apply(reports.logind(9.9, tty="", boot_id="b1"))
    (improved,) = tracker.apply(reports.wtmp_login(10))
    assert opened.session is not None
    assert improved.session is not None
    assert (improved.what, improved.event) == (What.IMPROVED, None)
    assert (improved.session.key, improved.session.login_us) == (opened.session.key, opened.session.login_us)
    assert (improved.session.session_id, improved.session.tty, improved.session.login_pid) == ("5", "pts/0", 100)
    assert tracker.open_sessions() == [improved.session]


def test_logins_more_than_two_seconds_apart_are_two(reports: Any) -> None:
    tracker = SessionTracker()
    tracker.apply(reports.logind(10, tty="pts/0"))
    tracker.apply(reports.wtmp_login(12.5, tty="pts/1"))
    assert users(tracker) == ["alice", "alice"]


def test_the_logind_id_decides_before_the_terminal(reports: Any) -> None:
    tracker = SessionTracker()
    tracker.apply(reports.logind(10, tty="pts/0", session="5"))
    tracker.apply(reports.logind(10, tty="pts/0", session="6", pid=91))
    assert len(tracker.open_sessions()) == 2


def test_a_sure_match_goes_before_one_by_user_and_source(reports: Any) -> None:
    tracker = SessionTracker()
    tracker.apply(reports.logind(10, tty="", session="5", pid=90))
    tracker.apply(reports.logind(10, tty="pts/0", session="6", pid=91))
    tracker.apply(reports.wtmp_login(10.1))
    assert [(session.session_id, session.login_pid) for session in tracker.open_sessions()] == [("5", 0), ("6", 100)]


def test_a_login_pid_is_never_taken_for_a_leader_pid(reports: Any) -> None:
    tracker = SessionTracker()
    tracker.apply(reports.logind(10, tty="pts/0", pid=100))
    tracker.apply(reports.wtmp_login(10, tty="pts/1", pid=100))
    assert len(tracker.open_sessions()) == 2


def test_different_boots_never_match(reports: Any) -> None:
    tracker = SessionTracker()
    tracker.apply(reports.logind(10, boot_id="b1"))
    tracker.apply(reports.logind(10.5, boot_id="b2"))
    assert len(tracker.open_sessions()) == 2


def test_two_machines_do_not_know_each_others_terminals(reports: Any) -> None:
    tracker = SessionTracker()
    tracker.apply(reports.wtmp_login(10, machine="web-01"))
    tracker.apply(reports.wtmp_login(10, machine="web-02", user="bob"))
    tracker.apply(reports.wtmp_logout(20, machine="web-02"))
    assert (users(tracker, "web-01"), users(tracker, "web-02")) == (["alice"], [])


def test_a_new_login_on_a_terminal_ends_the_one_before_as_last_does(reports: Any) -> None:
    tracker = SessionTracker()
    tracker.apply(reports.wtmp_login(10))
    closed, opened = tracker.apply(reports.wtmp_login(50, user="bob", pid=200))
    assert closed.session is not None
    assert closed.event is not None
    assert (closed.session.user, closed.session.outcome, closed.session.logout_us) == (
        "alice",
        Outcome.LOGOUT,
        50 * SECOND_US,
    )
    assert (closed.event.user, closed.event.duration_us) == ("alice", 40 * SECOND_US)
    assert opened.what is What.OPENED
    assert users(tracker) == ["bob"]


def test_the_logout_of_the_one_before_is_then_no_second_one(reports: Any) -> None:
    tracker = SessionTracker()
    tracker.apply(reports.wtmp_login(10))
    tracker.apply(reports.wtmp_login(50, user="bob", pid=200))
    assert tracker.apply(reports.wtmp_logout(49.9)) == []
    assert users(tracker) == ["bob"]


def test_a_boot_without_a_shutdown_is_a_crash_at_the_time_of_the_boot(reports: Any, event: MakeEvent) -> None:
    tracker = SessionTracker()
    tracker.apply(reports.wtmp_login(10))
    crashed, noted = tracker.apply(event("boot", 500, origin=Origin.WTMP))
    assert crashed.session is not None
    assert (crashed.session.outcome, crashed.session.logout_us) == (Outcome.CRASH, 500 * SECOND_US)
    assert noted.what is What.NOTED
    assert noted.event is not None
    assert noted.event.key


def test_a_shutdown_ends_every_session_of_its_machine_and_the_boot_after_it_none(
    reports: Any, event: MakeEvent
) -> None:
    tracker = SessionTracker()
    tracker.apply(reports.wtmp_login(10))
    tracker.apply(reports.wtmp_login(20, machine="web-02"))
    down = ended(tracker, event("shutdown", 400))
    assert (down.outcome, down.logout_us) == (Outcome.SHUTDOWN, 400 * SECOND_US)
    assert [transition.what for transition in tracker.apply(event("boot", 500))] == [What.NOTED]
    assert users(tracker, "web-02") == ["alice"]


def test_a_boot_ends_no_session_that_began_after_it(reports: Any, event: MakeEvent) -> None:
    tracker = SessionTracker()
    tracker.apply(reports.wtmp_login(600))
    tracker.apply(event("boot", 500))
    assert users(tracker) == ["alice"]


def test_a_shutdown_told_after_the_boot_turns_the_crash_into_a_shutdown(reports: Any, event: MakeEvent) -> None:
    tracker = SessionTracker()
    tracker.apply(reports.wtmp_login(10))
    crash_event = tracker.apply(event("boot", 500))[0].event
    corrected = tracker.apply(event("shutdown", 400))[0]
    assert corrected.session is not None
    assert corrected.event is not None
    assert crash_event is not None
    assert (corrected.what, corrected.session.outcome) == (What.CORRECTED, Outcome.SHUTDOWN)
    assert corrected.event.key == crash_event.key


def test_a_logout_that_names_the_session_ends_it_whoever_is_on_the_terminal_now(reports: Any, event: MakeEvent) -> None:
    tracker = SessionTracker()
    tracker.apply(reports.logind(10, session="5"))
    tracker.apply(reports.logind(20, session="6", user="bob", pid=91))
    assert ended(tracker, event("logout", 30, session_id="5", tty="pts/0", origin=Origin.JOURNAL)).user == "alice"


def test_a_clock_set_back_gives_a_negative_duration(reports: Any) -> None:
    tracker = SessionTracker()
    tracker.apply(reports.wtmp_login(100))
    event = tracker.apply(reports.wtmp_logout(60))[0].event
    assert event is not None
    assert event.duration_us == -40 * SECOND_US


def test_a_login_told_after_its_logout_is_recorded_closed(reports: Any) -> None:
    tracker = SessionTracker()
    logout_key = tracker.apply(reports.wtmp_logout(70))[0].event
    opened, closed = tracker.apply(reports.wtmp_login(10))
    assert opened.what is What.OPENED
    assert closed.session is not None
    assert closed.event is not None
    assert logout_key is not None
    assert (closed.session.outcome, closed.session.logout_us) == (Outcome.LOGOUT, 70 * SECOND_US)
    assert closed.event.key == logout_key.key
    assert (users(tracker), tracker.unmatched_logouts) == ([], 0)


def test_a_logout_and_a_login_in_one_second_leave_the_user_logged_in(reports: Any) -> None:
    tracker = SessionTracker()
    tracker.apply(reports.wtmp_logout(10, pid=99))
    tracker.apply(reports.wtmp_login(10))
    assert users(tracker) == ["alice"]


def test_a_file_without_terminals_knows_one_session_for_each_machine_and_user(event: MakeEvent) -> None:
    tracker = SessionTracker()
    for seconds in (1, 2, 3):
        tracker.apply(event("login", seconds, user="alice"))
    tracker.apply(event("login", 4, user="bob"))
    assert users(tracker) == ["alice", "bob"]
    tracker.apply(event("logout", 5, user="alice"))
    assert users(tracker) == ["bob"]


def test_a_user_of_such_a_file_may_come_back_within_a_second(event: MakeEvent) -> None:
    tracker = SessionTracker()
    for kind, seconds in (("login", 1.0), ("logout", 1.5), ("login", 2.0)):
        tracker.apply(event(kind, seconds, user="alice"))
    assert users(tracker) == ["alice"]


def test_other_events_are_noted_with_a_key(event: MakeEvent) -> None:
    (noted,) = SessionTracker().apply(event("failed", 1, user="root"))
    assert (noted.what, noted.session) == (What.NOTED, None)
    assert noted.event is not None
    assert noted.event.key == event_key(event("failed", 1, user="root"))


def test_a_file_is_applied_as_its_events_one_by_one(reports: Any) -> None:
    tracker = SessionTracker()
    transitions = list(tracker.apply_all([reports.wtmp_login(10), reports.wtmp_logout(20)]))
    assert [transition.what for transition in transitions] == [What.OPENED, What.CLOSED]


def test_a_restart_goes_on_with_the_sessions_of_the_store(reports: Any) -> None:
    first = SessionTracker()
    first.apply(reports.wtmp_login(10))
    first.apply(reports.wtmp_login(20, user="bob", tty="pts/1", pid=101))
    done = ended(first, reports.wtmp_logout(30, tty="pts/1", pid=101))
    second = SessionTracker([*first.open_sessions(), done])
    assert second.apply(reports.wtmp_login(20, user="bob", tty="pts/1", pid=101)) == []
    assert second.apply(reports.wtmp_logout(30, tty="pts/1", pid=101)) == []
    assert ended(second, reports.wtmp_logout(40)).user == "alice"


def test_a_machine_can_be_forgotten(reports: Any) -> None:
    tracker = SessionTracker()
    tracker.apply(reports.wtmp_login(10))
    tracker.forget("web-01")
    assert tracker.open_sessions() == tracker.open_sessions("web-01") == []


def test_what_ended_long_ago_can_be_forgotten_and_what_is_open_stays(reports: Any) -> None:
    tracker = SessionTracker()
    tracker.apply(reports.wtmp_login(10))
    tracker.apply(reports.wtmp_login(11, tty="pts/1", pid=101))
    tracker.apply(reports.wtmp_logout(20))
    tracker.expire(1_000 * SECOND_US)
    assert len(tracker.open_sessions()) == 1
    assert [transition.what for transition in tracker.apply(reports.wtmp_login(10))] == [What.OPENED]


def test_a_flood_of_sessions_is_remembered_only_so_far(reports: Any) -> None:
    tracker = SessionTracker()
    for number in range(3_000):
        tracker.apply(reports.wtmp_login(number, tty=f"pts/{number}", pid=number + 1))
        tracker.apply(reports.wtmp_logout(number + 0.5, tty=f"pts/{number}", pid=number + 1))
    ledger = tracker._ledgers["web-01"]
    assert 700 < len(ledger.ended) <= 1_000
    assert len(ledger.begun) == len(ledger.ended)

"""The full lists of open sessions that a machine sends, and the records that come beside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from tests.core.conftest import make_event
from whotop.clock import SECOND_US
from whotop.core.ledger import CORRECTION_US
from whotop.core.tracker import SessionTracker
from whotop.core.transition import Transition, What
from whotop.model import Event, Origin, Outcome, Session, Standing

MakeEvent = Callable[..., Event]


def listed(tracker: SessionTracker, seconds: float, *reports: Event, boot_id: str = "b1") -> list[Transition]:
    return tracker.observe("web-01", boot_id, reports, round(seconds * SECOND_US), seen_us=7, skew_us=3)


def the_session(tracker: SessionTracker) -> Session:
    (session,) = tracker.open_sessions("web-01")
    return session


def test_what_the_list_names_is_open_at_once_with_its_boot(reports: Any) -> None:
    tracker = SessionTracker()
    (opened,) = listed(tracker, 10.2, reports.logind(10))
    assert opened.what is What.OPENED
    assert opened.event is not None
    assert opened.event.session_key == the_session(tracker).key
    assert the_session(tracker).boot_id == "b1"


def test_one_login_told_by_logind_and_by_utmp_in_one_list_is_one_session(reports: Any) -> None:
    tracker = SessionTracker()
    listed(tracker, 10.2, reports.utmp(10.1), reports.logind(10))
    assert (the_session(tracker).session_id, the_session(tracker).login_pid) == ("5", 100)


def test_a_logind_session_that_has_no_terminal_yet_is_the_other_half_of_the_utmp_record(reports: Any) -> None:
    tracker = SessionTracker()
    listed(tracker, 10.2, reports.logind(10, tty=""), reports.utmp(10.1))
    assert (the_session(tracker).session_id, the_session(tracker).tty) == ("5", "pts/0")


def test_sessions_without_a_terminal_are_each_their_own(reports: Any) -> None:
    tracker = SessionTracker()
    listed(tracker, 10.2, *(reports.logind(10, tty="", session=str(number), pid=number) for number in (5, 6, 7)))
    assert len(tracker.open_sessions()) == 3


def test_the_same_list_again_changes_nothing(reports: Any) -> None:
    tracker = SessionTracker()
    listed(tracker, 10.2, reports.logind(10), reports.utmp(10.1))
    assert listed(tracker, 15, reports.logind(10), reports.utmp(10.1)) == []


def test_what_the_list_no_longer_has_is_gone_at_once(reports: Any) -> None:
    tracker = SessionTracker()
    listed(tracker, 10.2, reports.logind(10))
    (gone,) = listed(tracker, 60)
    assert gone.session is not None
    assert gone.event is not None
    assert (gone.what, gone.session.outcome, gone.session.logout_us) == (What.CLOSED, Outcome.GONE, 60 * SECOND_US)
    assert (gone.event.outcome, gone.event.duration_us) == (Outcome.GONE, 50 * SECOND_US)
    assert (gone.event.seen_us, gone.event.skew_us) == (7, 3)
    assert tracker.open_sessions() == []


def test_an_empty_list_of_one_machine_says_nothing_of_another(reports: Any) -> None:
    tracker = SessionTracker()
    tracker.observe("web-02", "b1", [reports.logind(10, machine="web-02")], 11 * SECOND_US)
    listed(tracker, 60)
    assert len(tracker.open_sessions("web-02")) == 1


def test_the_logout_record_that_comes_later_corrects_a_gone_session_and_is_no_second_logout(reports: Any) -> None:
    tracker = SessionTracker()
    listed(tracker, 10.2, reports.logind(10), reports.utmp(10.1))
    (gone,) = listed(tracker, 60)
    (corrected,) = tracker.apply(reports.wtmp_logout(59.8))
    assert corrected.session is not None
    assert corrected.event is not None
    assert gone.event is not None
    assert corrected.what is What.CORRECTED
    assert (corrected.session.outcome, corrected.session.logout_us) == (Outcome.LOGOUT, round(59.8 * SECOND_US))
    assert corrected.event.key == gone.event.key
    assert tracker.unmatched_logouts == 0


def test_so_it_does_after_a_restart(reports: Any) -> None:
    before = SessionTracker()
    listed(before, 10.2, reports.logind(10), reports.utmp(10.1))
    (gone,) = listed(before, 60)
    assert gone.session is not None
    assert gone.event is not None
    (corrected,) = SessionTracker([gone.session]).apply(reports.wtmp_logout(59.8))
    assert corrected.event is not None
    assert corrected.event.key == gone.event.key


def test_each_logout_record_finds_its_own_of_two_gone_sessions_on_one_terminal(reports: Any) -> None:
    tracker = SessionTracker()
    listed(tracker, 10.2, reports.utmp(10))
    listed(tracker, 20, reports.utmp(19, user="bob", pid=200))
    listed(tracker, 30)
    first = tracker.apply(reports.wtmp_logout(18))[0].session
    second = tracker.apply(reports.wtmp_logout(29, pid=200))[0].session
    assert first is not None
    assert second is not None
    assert (first.user, second.user) == ("alice", "bob")


def test_whoever_was_followed_on_the_terminal_is_gone_however_short_a_time_ago_that_was(reports: Any) -> None:
    before = SessionTracker()
    (opened,) = before.apply(reports.wtmp_login(10))
    assert opened.session is not None
    tracker = SessionTracker([opened.session])
    bob = reports.utmp(10.8, user="bob", pid=200)
    tracker.observe("web-01", "b1", [bob], 11 * SECOND_US, settles_us=2 * SECOND_US)
    assert the_session(tracker).user == "bob"
    (corrected,) = tracker.apply(reports.wtmp_logout(10.2))
    assert corrected.session is not None
    assert (corrected.session.user, corrected.session.logout_us) == ("alice", 10_200_000)
    assert the_session(tracker).user == "bob"


def test_whoever_came_to_a_terminal_after_the_list_was_read_is_not_gone(reports: Any) -> None:
    tracker = SessionTracker()
    alice = reports.utmp(10)
    listed(tracker, 10.5, alice)
    tracker.apply(reports.wtmp_logout(10.6))
    tracker.apply(reports.wtmp_login(10.8, user="bob", pid=200))
    tracker.observe("web-01", "b1", [], 10_900_000, settles_us=2 * SECOND_US)
    assert the_session(tracker).user == "bob"


def test_a_logout_long_after_a_session_was_gone_is_not_its_own(reports: Any) -> None:
    tracker = SessionTracker()
    listed(tracker, 10.2, reports.utmp(10))
    listed(tracker, 60)
    tracker.apply(reports.wtmp_logout(61 + CORRECTION_US / SECOND_US, pid=999))
    assert tracker.unmatched_logouts == 1


def test_a_session_that_the_list_has_again_was_open_all_the_time(reports: Any) -> None:
    tracker = SessionTracker()
    (opened,) = listed(tracker, 10.2, reports.logind(10))
    listed(tracker, 60)
    (reopened,) = listed(tracker, 61, reports.logind(10))
    assert opened.session is not None
    assert reopened.what is What.CORRECTED
    assert the_session(tracker).key == opened.session.key
    assert the_session(tracker).logout_us is None


def test_a_logout_record_stands_against_a_list_that_lags_behind_it(reports: Any) -> None:
    tracker = SessionTracker()
    listed(tracker, 10.2, reports.logind(10), reports.utmp(10.1))
    tracker.apply(reports.wtmp_logout(60))
    assert listed(tracker, 60.1, reports.logind(10)) == []
    assert tracker.open_sessions() == []


def test_a_login_written_after_the_list_was_made_is_not_missing_from_it(reports: Any) -> None:
    tracker = SessionTracker()
    tracker.apply(reports.wtmp_login(10))
    assert listed(tracker, 9.9) == []
    assert len(listed(tracker, 10.5)) == 1


def test_a_clock_set_back_hides_no_logout(reports: Any) -> None:
    tracker = SessionTracker()
    listed(tracker, 1000, reports.logind(999))
    (gone,) = listed(tracker, 500)
    assert gone.event is not None
    assert gone.event.duration_us == -499 * SECOND_US


def test_history_read_beside_a_list_opens_nothing_and_its_logouts_complete_it(reports: Any) -> None:
    tracker = SessionTracker()
    listed(tracker, 1000.2, reports.logind(1000))
    (old,) = tracker.apply(reports.wtmp_login(100, user="bob", pid=55, standing=Standing.HISTORY))
    assert old.session is not None
    assert (old.what, old.session.outcome, old.session.logout_us) == (What.OPENED, Outcome.GONE, None)
    assert the_session(tracker).user == "alice"
    (completed,) = tracker.apply(reports.wtmp_logout(300, pid=55, standing=Standing.HISTORY))
    assert completed.session is not None
    assert (completed.session.user, completed.session.outcome) == ("bob", Outcome.LOGOUT)
    assert the_session(tracker).user == "alice"


def test_in_history_the_next_login_on_a_terminal_ends_the_one_before(reports: Any) -> None:
    tracker = SessionTracker()
    listed(tracker, 1000.2)
    tracker.apply(reports.wtmp_login(100, user="bob", pid=55))
    ended, opened = tracker.apply(reports.wtmp_login(200, user="carol", pid=56))
    assert ended.session is not None
    assert opened.session is not None
    assert (ended.session.user, ended.session.logout_us) == ("bob", 200 * SECOND_US)
    assert opened.session.user == "carol"


def test_in_history_a_boot_is_a_crash_of_what_was_open_then(reports: Any, event: MakeEvent) -> None:
    tracker = SessionTracker()
    listed(tracker, 1000.2, reports.logind(1000))
    tracker.apply(reports.wtmp_login(100, user="bob", tty="pts/7", pid=55))
    crashed = tracker.apply(event("boot", 400))[0].session
    assert crashed is not None
    assert (crashed.user, crashed.outcome, crashed.logout_us) == ("bob", Outcome.CRASH, 400 * SECOND_US)
    assert the_session(tracker).user == "alice"


def test_the_record_of_a_login_that_the_list_told_is_no_new_session(reports: Any) -> None:
    tracker = SessionTracker()
    listed(tracker, 1000.2, reports.logind(1000))
    (improved,) = tracker.apply(reports.wtmp_login(1000.1, standing=Standing.HISTORY))
    assert improved.what is What.IMPROVED
    assert the_session(tracker).login_pid == 100


def test_a_reboot_while_nobody_watched_is_told_by_its_records(reports: Any, event: MakeEvent) -> None:
    tracker = SessionTracker()
    listed(tracker, 10.2, reports.logind(10))
    (gone,) = listed(tracker, 900, boot_id="b2")
    (corrected, noted) = tracker.apply(event("shutdown", 800))
    assert gone.event is not None
    assert corrected.session is not None
    assert corrected.event is not None
    assert noted.what is What.NOTED
    assert (corrected.session.outcome, corrected.session.logout_us) == (Outcome.SHUTDOWN, 800 * SECOND_US)
    assert corrected.event.key == gone.event.key
    assert [transition.what for transition in tracker.apply(event("boot", 850))] == [What.NOTED]


def test_a_session_gone_before_the_shutdown_stays_gone(reports: Any, event: MakeEvent) -> None:
    tracker = SessionTracker()
    listed(tracker, 10.2, reports.logind(10))
    listed(tracker, 60)
    assert [transition.what for transition in tracker.apply(event("shutdown", 800))] == [What.NOTED]


def test_a_session_that_lost_its_boot_goes_even_if_its_id_is_used_again(reports: Any) -> None:
    tracker = SessionTracker()
    listed(tracker, 10.2, reports.logind(10, session="1"))
    whats = [transition.what for transition in listed(tracker, 900, reports.logind(899, session="1"), boot_id="b2")]
    assert whats == [What.OPENED, What.CLOSED]
    assert the_session(tracker).boot_id == "b2"


def test_restored_sessions_are_found_in_the_first_list(reports: Any) -> None:
    before = SessionTracker()
    listed(before, 10.2, reports.logind(10))
    after = SessionTracker(before.open_sessions())
    assert listed(after, 60, reports.logind(10)) == []


def test_many_sessions_that_begin_at_once_are_still_told_apart(reports: Any) -> None:
    tracker = SessionTracker()
    numbers = range(600)
    logind = [reports.logind(10, tty=f"pts/{number}", session=str(number), pid=number + 1) for number in numbers]
    utmp = [reports.utmp(10.1, tty=f"pts/{number}", pid=number + 5_000) for number in numbers]
    listed(tracker, 11, *logind, *utmp)
    assert len(tracker.open_sessions()) == 600
    assert listed(tracker, 12, *logind, *utmp) == []


def test_a_machine_that_tells_of_endless_sessions_is_believed_only_so_far(
    reports: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("whotop.core.tracker.OPEN_KEPT", 10)
    tracker = SessionTracker()
    for number in range(50):
        tracker.apply(reports.wtmp_login(number, tty=f"pts/{number}", pid=number + 1))
    assert len(tracker.open_sessions()) == 10


def test_of_hundreds_that_are_gone_at_once_each_logout_corrects_its_own(event: MakeEvent) -> None:
    tracker = SessionTracker()
    ttys = [f"pts/{number}" for number in range(300)]
    listed(tracker, 10, *(event("login", 9, user="alice", tty=tty, origin=Origin.UTMP) for tty in ttys))
    listed(tracker, 20)
    for tty in ttys:
        tracker.apply(event("logout", 19, tty=tty, origin=Origin.WTMP))
        assert tracker.apply(event("logout", 19.5, tty=tty, origin=Origin.JOURNAL)) == []
    assert tracker.unmatched_logouts == 0


def last_login(seconds: float) -> Event:
    """As lastlog tells it."""
    return make_event("login", seconds, user="alice", tty="pts/0", source="10.0.0.7", origin=Origin.LASTLOG)


def test_a_last_login_is_a_session_of_which_nobody_knows_when_it_ended() -> None:
    tracker = SessionTracker()
    (opened,) = tracker.apply(last_login(10))
    assert opened.session is not None
    assert (opened.session.outcome, opened.session.logout_us) == (Outcome.GONE, None)
    assert tracker.apply(last_login(10)) == []
    assert tracker.open_sessions("web-01") == []


def test_whoever_is_listed_is_there_though_lastlog_told_of_them_first(reports: Any) -> None:
    tracker = SessionTracker()
    tracker.apply(last_login(10))
    (reopened,) = listed(tracker, 10.8, reports.utmp(10.4))
    assert reopened.what is What.CORRECTED
    assert the_session(tracker).outcome is Outcome.OPEN
    tracker.apply(last_login(10))
    assert the_session(tracker).outcome is Outcome.OPEN


def test_two_people_whom_one_terminal_served_in_one_second_are_two() -> None:
    tracker = SessionTracker()
    tracker.apply(last_login(10))
    assert len(tracker.apply(replace(last_login(10), user="bob"))) >= 1
    assert [one.user for one in tracker.open_sessions("web-01")] == []


def test_a_later_last_login_of_the_same_user_is_another_session() -> None:
    tracker = SessionTracker()
    tracker.apply(last_login(10))
    assert [one.what for one in tracker.apply(last_login(500))] == [What.OPENED]

"""Records that hold both ends of a session, as wtmpdb keeps them, end exactly that one."""

from __future__ import annotations

import pytest

from whotop.core.tracker import SessionTracker
from whotop.core.transition import Transition
from whotop.model import Event, EventKind, Origin, Outcome

SECOND_US = 1_000_000


def login(time_s: float, tty: str = "pts/0", **fields: object) -> Event:
    return Event(machine="db", kind=EventKind.LOGIN, time_us=round(time_s * SECOND_US), user="ann", tty=tty, **fields)  # type: ignore[arg-type]


def row_logout(login_s: float, logout_s: float, tty: str = "pts/0", outcome: Outcome | None = None) -> Event:
    return Event(
        machine="db",
        kind=EventKind.LOGOUT,
        time_us=round(logout_s * SECOND_US),
        user="ann",
        tty=tty,
        origin=Origin.WTMPDB,
        duration_us=round((logout_s - login_s) * SECOND_US),
        outcome=outcome,
    )


def ended(transitions: list[Transition]) -> list[tuple[int, Outcome]]:
    return [
        (transition.session.login_us // SECOND_US, transition.session.outcome)
        for transition in transitions
        if transition.session is not None
    ]


def test_a_row_ends_the_session_that_began_with_it_and_no_later_one_on_that_terminal() -> None:
    tracker = SessionTracker()
    tracker.apply(login(100, origin=Origin.WTMPDB))
    tracker.apply(login(500, origin=Origin.WTMPDB))
    assert ended(tracker.apply(row_logout(100, 900))) == [(100, Outcome.LOGOUT)]
    assert [session.login_us // SECOND_US for session in tracker.open_sessions("db")] == [500]


def test_a_row_without_a_terminal_ends_the_session_that_logind_told_of() -> None:
    tracker = SessionTracker()
    tracker.apply(login(100.2, tty="pts/3", origin=Origin.LOGIND, session_id="7", leader_pid=40))
    tracker.apply(login(100.0, tty="", origin=Origin.WTMPDB))
    assert ended(tracker.apply(row_logout(100.0, 160, tty=""))) == [(100, Outcome.LOGOUT)]
    assert tracker.open_sessions("db") == []


@pytest.mark.parametrize("order", [1, -1], ids=["wtmp first", "wtmpdb first"])
def test_a_row_without_a_terminal_and_a_record_with_one_are_one_session(order: int) -> None:
    tracker = SessionTracker()
    by_wtmp = login(100.0, tty="pts/3", origin=Origin.WTMP, login_pid=41)
    by_wtmpdb = login(100.1, tty="", origin=Origin.WTMPDB)
    for report in (by_wtmp, by_wtmpdb)[::order]:
        tracker.apply(report)
    assert [session.tty for session in tracker.open_sessions("db")] == ["pts/3"]


def test_two_rows_without_terminals_are_two_sessions() -> None:
    tracker = SessionTracker()
    tracker.apply(login(100.0, tty="", origin=Origin.WTMPDB))
    tracker.apply(login(100.1, tty="", origin=Origin.WTMPDB))
    assert len(tracker.open_sessions("db")) == 2


def test_of_two_sessions_that_began_together_each_row_ends_its_own() -> None:
    tracker = SessionTracker()
    tracker.apply(login(100.0, tty="pts/1", origin=Origin.WTMPDB))
    tracker.apply(login(100.5, tty="pts/2", origin=Origin.WTMPDB))
    tracker.apply(row_logout(100.5, 200, tty="pts/2"))
    assert [session.tty for session in tracker.open_sessions("db")] == ["pts/1"]


def test_a_row_corrects_the_end_that_was_only_concluded() -> None:
    tracker = SessionTracker()
    tracker.apply(login(100, origin=Origin.WTMPDB))
    tracker.observe("db", "", [], 150 * SECOND_US)
    transitions = tracker.apply(row_logout(100, 149))
    assert ended(transitions) == [(100, Outcome.LOGOUT)]
    assert transitions[0].event is not None
    assert transitions[0].event.time_us == 149 * SECOND_US


def test_a_row_told_twice_is_one_logout() -> None:
    tracker = SessionTracker()
    tracker.apply(login(100, origin=Origin.WTMPDB))
    tracker.apply(row_logout(100, 149))
    assert tracker.apply(row_logout(100, 149)) == []
    assert tracker.unmatched_logouts == 0


def test_a_record_that_knows_how_the_session_ended_is_believed() -> None:
    tracker = SessionTracker()
    tracker.apply(login(100, origin=Origin.WTMPDB))
    assert ended(tracker.apply(row_logout(100, 149, outcome=Outcome.SHUTDOWN))) == [(100, Outcome.SHUTDOWN)]


def led(time_s: float, leader_pid: int) -> Event:
    return login(time_s, origin=Origin.PROC, leader_pid=leader_pid)


def row_login(time_s: float) -> Event:
    return login(time_s, tty="", origin=Origin.WTMPDB)


def test_who_comes_back_at_once_and_is_listed_before_any_row_is_read_has_two_sessions() -> None:
    tracker = SessionTracker()
    tracker.observe("db", "", [led(101.5, 40)], 102 * SECOND_US)
    for event in (row_login(100), row_logout(100, 100.4, tty=""), row_login(101.45)):
        tracker.apply(event)
    assert tracker.observe("db", "", [led(101.5, 40)], 104 * SECOND_US) != []
    (session,) = tracker.open_sessions("db")
    assert (session.login_us, session.leader_pid) == (round(101.45 * SECOND_US), 40)
    assert tracker.observe("db", "", [led(101.5, 40)], 106 * SECOND_US) == []


def test_who_comes_back_at_once_and_is_listed_before_the_row_of_the_logout_has_two_sessions() -> None:
    tracker = SessionTracker()
    tracker.apply(row_login(100))
    tracker.observe("db", "", [led(101.5, 40)], 102 * SECOND_US)
    for event in (row_logout(100, 100.4, tty=""), row_login(101.45)):
        tracker.apply(event)
    tracker.observe("db", "", [led(101.5, 40)], 104 * SECOND_US)
    assert [session.login_us for session in tracker.open_sessions("db")] == [round(101.45 * SECOND_US)]

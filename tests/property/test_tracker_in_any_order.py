"""The tracker: what two origins tell, in whatever order it arrives, is one session each."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from whotop.clock import SECOND_US
from whotop.core.tracker import SessionTracker
from whotop.model import Event, EventKind, Origin, Session, Standing

KINDS = st.sampled_from([EventKind.LOGIN, EventKind.LOGOUT, EventKind.BOOT, EventKind.SHUTDOWN, EventKind.FAILED_LOGIN])
TEXTS = st.sampled_from(["", "a", "b"])
PIDS = st.sampled_from([0, 1, 2])

any_event = st.builds(
    Event,
    machine=st.sampled_from(["m", "n"]),
    kind=KINDS,
    time_us=st.integers(0, 20).map(lambda seconds: seconds * SECOND_US),
    user=TEXTS,
    tty=TEXTS,
    source=TEXTS,
    origin=st.sampled_from(Origin),
    session_id=TEXTS,
    leader_pid=PIDS,
    login_pid=PIDS,
    boot_id=TEXTS,
    standing=st.sampled_from(Standing),
)


def two_reports(number: int) -> list[Event]:
    """One login as wtmp and as logind tell it; every login has a terminal of its own."""
    time_us = (100 + 3 * number) * SECOND_US
    tty = f"pts/{number}"
    wtmp = Event(
        machine="m", kind=EventKind.LOGIN, time_us=time_us, user="u", tty=tty, login_pid=number + 1, origin=Origin.WTMP
    )
    logind = Event(
        machine="m",
        kind=EventKind.LOGIN,
        time_us=time_us - 20_000,
        user="u",
        tty=tty,
        session_id=str(number),
        leader_pid=number + 1000,
        origin=Origin.LOGIND,
    )
    return [wtmp, logind]


def logout(number: int) -> Event:
    return Event(
        machine="m",
        kind=EventKind.LOGOUT,
        time_us=(102 + 3 * number) * SECOND_US,
        tty=f"pts/{number}",
        login_pid=number + 1,
        origin=Origin.WTMP,
    )


@given(st.integers(1, 6).flatmap(lambda count: st.permutations([e for n in range(count) for e in two_reports(n)])))
def test_two_origins_in_any_order_are_one_session_each(events: list[Event]) -> None:
    tracker = SessionTracker()
    for event in events:
        tracker.apply(event)
    sessions = tracker.open_sessions("m")
    assert len(sessions) == len(events) // 2
    assert all(session.session_id and session.login_pid for session in sessions)


@given(
    st.integers(1, 5).flatmap(
        lambda count: st.permutations([e for n in range(count) for e in (two_reports(n)[0], logout(n))])
    )
)
def test_logins_and_logouts_in_any_order_leave_nobody_and_nothing_unmatched(events: list[Event]) -> None:
    tracker = SessionTracker()
    sessions: dict[bytes, Session] = {}
    logouts: dict[bytes, Event] = {}
    for event in events:
        for transition in tracker.apply(event):
            if transition.session is not None:
                sessions[transition.session.key] = transition.session
            if transition.event is not None and transition.event.kind is EventKind.LOGOUT:
                logouts[transition.event.key] = transition.event
    assert (tracker.open_sessions(), tracker.unmatched_logouts) == ([], 0)
    assert len(sessions) == len(logouts) == len(events) // 2
    assert all(event.duration_us == 2 * SECOND_US for event in logouts.values())


@given(st.lists(any_event, max_size=40), st.lists(any_event, max_size=8), st.integers(0, 20))
def test_nothing_that_machines_tell_breaks_the_ledger(events: list[Event], reports: list[Event], at: int) -> None:
    tracker = SessionTracker()
    for event in events[:20]:
        tracker.apply(event)
    logins = [report for report in reports if report.machine == "m" and report.kind is EventKind.LOGIN]
    tracker.observe("m", "a", logins, at * SECOND_US)
    for event in events[20:]:
        tracker.apply(event)
    tracker.observe("m", "a", logins, 20 * SECOND_US)
    for ledger in tracker._ledgers.values():
        held = ledger.open.keys() | ledger.ended.keys()
        assert not ledger.open.keys() & ledger.ended.keys()
        assert set(ledger.begun.near(0, 2**60, 2**60)) == held
        assert len(ledger.begun) == len(held)
        assert all(ledger.ended.keys() >= set(keys) for keys in ledger._endings._by_mark.values())
        for index in (ledger.open_by_tty, ledger._open_by_id, ledger._open_by_user):
            assert all(ledger.open[session.key] is session for session in index.values())
        assert all(session.is_open for session in ledger.open.values())
        assert not any(session.is_open for session in ledger.ended.values())


@given(st.lists(any_event, max_size=40))
def test_the_same_events_twice_leave_the_same_sessions_open(events: list[Event]) -> None:
    """Read again from the start, as after a lost cursor, with all that is still remembered."""
    ordered = sorted(
        (event for event in events if event.kind in (EventKind.LOGIN, EventKind.FAILED_LOGIN)),
        key=lambda event: event.time_us,
    )
    tracker = SessionTracker()
    for event in ordered:
        tracker.apply(event)
    before = {session.key for session in tracker.open_sessions()}
    for event in ordered:
        tracker.apply(event)
    assert {session.key for session in tracker.open_sessions()} == before

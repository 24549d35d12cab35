"""History told anew, beside what is known of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from whotop.clock import SECOND_US
from whotop.core.keys import event_key
from whotop.core.replay import Replay, own_key
from whotop.model import Event, EventKind, Origin, Outcome, Session, Standing

Kept = tuple[dict[bytes, Session], dict[bytes, Event]]


def event(kind: EventKind, seconds: int, **fields: Any) -> Event:
    return Event(machine="m", kind=kind, time_us=seconds * SECOND_US, standing=Standing.HISTORY, **fields)


def wtmp(kind: EventKind, seconds: int, tty: str, user: str = "") -> Event:
    return event(kind, seconds, tty=tty, user=user, origin=Origin.WTMP)


def told(events: Iterable[Event], known: Kept = ({}, {}), first: int = 0) -> Kept:
    """What a store keeps that takes what is new."""
    replay = Replay()
    replay.know(known[0].values(), first * SECOND_US)
    replay.know_failures(each for each in known[1].values() if each.kind is EventKind.FAILED_LOGIN)
    sessions, events_kept = dict(known[0]), dict(known[1])
    for each in events:
        for transition in replay.apply(each):
            if transition.session is not None and transition.session.key not in known[0]:
                sessions[transition.session.key] = transition.session
            if transition.event is not None:
                events_kept.setdefault(transition.event.key, transition.event)
    return sessions, events_kept


def test_what_ended_one_file_is_ended_by_the_next() -> None:
    before = told([wtmp(EventKind.LOGIN, 100, "pts/0", "anna")])
    replay = Replay()
    replay.know(before[0].values(), 500 * SECOND_US)
    (closed,) = replay.apply(wtmp(EventKind.LOGOUT, 500, "pts/0"))
    assert closed.session is not None
    assert (closed.session.user, closed.session.outcome) == ("anna", Outcome.LOGOUT)
    assert replay.unmatched_logouts == 0


def test_another_origin_tells_nothing_new_of_a_known_session() -> None:
    before = told([wtmp(EventKind.LOGIN, 100, "pts/0", "anna"), wtmp(EventKind.LOGOUT, 500, "pts/0")])
    log = [
        event(EventKind.LOGIN, 101, user="anna", leader_pid=7, record_id="7", origin=Origin.AUTH_LOG),
        event(EventKind.LOGOUT, 500, user="anna", leader_pid=7, record_id="7", origin=Origin.AUTH_LOG),
    ]
    assert told(log, before, first=101) == before


def test_a_failed_login_that_another_origin_told_is_known() -> None:
    before = told([event(EventKind.FAILED_LOGIN, 100, user="root", tty="ssh:notty", origin=Origin.BTMP)])
    log = [event(EventKind.FAILED_LOGIN, 101, user="root", record_id="7", origin=Origin.AUTH_LOG)]
    assert told(log, before) == before


def test_one_boot_that_two_origins_tell_is_one() -> None:
    boots = [event(EventKind.BOOT, 100, origin=Origin.WTMP), event(EventKind.BOOT, 110, origin=Origin.JOURNAL)]
    assert len(told(boots)[1]) == 1
    assert len(told([*boots, event(EventKind.BOOT, 150, origin=Origin.WTMP)])[1]) == 2


def test_an_event_is_kept_under_its_own_key() -> None:
    replay = Replay()
    login = wtmp(EventKind.LOGIN, 100, "pts/0", "anna")
    key = own_key(login, replay.apply(login))
    assert key is not None
    assert own_key(login, replay.apply(login)) is None


def steps(ttys: st.SearchStrategy[str], origin: Origin) -> st.SearchStrategy[list[Event]]:
    kinds = st.sampled_from([EventKind.LOGIN, EventKind.LOGIN, EventKind.LOGOUT])
    one = st.builds(
        lambda kind, seconds, tty, user: event(kind, seconds * 10, tty=tty, user=user, origin=origin),
        kinds,
        st.integers(1, 40),
        ttys,
        st.sampled_from("ab"),
    )
    return st.lists(one, max_size=25, unique_by=lambda each: each.time_us).map(
        lambda found: sorted(found, key=lambda each: each.time_us)
    )


@given(steps(st.sampled_from(["pts/0", "pts/1"]), Origin.WTMP) | steps(st.just(""), Origin.FILE), st.integers(0, 25))
def test_history_told_again_is_known_whole_or_from_any_place_on(events: list[Event], start: int) -> None:
    once = told(events)
    again = events[start:]
    first = again[0].time_us // SECOND_US if again else 0
    assert told(again, once, first) == once


def test_what_another_record_told_meanwhile_of_a_known_session_is_not_forgotten() -> None:
    login = event(EventKind.LOGIN, 100, user="anna", leader_pid=7, record_id="7", origin=Origin.AUTH_LOG)
    before = told([login])
    replay = Replay()
    replay.expect([login])
    replay.know(before[0].values(), 100 * SECOND_US)
    record = wtmp(EventKind.LOGIN, 101, "pts/0", "anna")
    left = [wtmp(EventKind.LOGOUT, 200, "pts/0"), wtmp(EventKind.LOGOUT, 300, "pts/0")]
    changed = [transition for each in (login, record, *left) for transition in replay.apply(each)]
    (ended,) = [one.session for one in changed if one.session is not None and not one.session.is_open]
    assert (ended.tty, ended.leader_pid, ended.logout_us) == ("pts/0", 7, 200 * SECOND_US)


def test_a_login_that_another_origin_dates_a_little_earlier_is_known_also_while_its_own_is_coming() -> None:
    record, log = wtmp(EventKind.LOGIN, 101, "pts/0", "anna"), event(EventKind.LOGIN, 100, user="anna", leader_pid=7)
    log = replace(log, origin=Origin.AUTH_LOG)
    before = told([record])
    replay = Replay()
    replay.expect([log, record])
    replay.know(before[0].values(), 0)
    sessions = [one.session for each in (log, record) for one in replay.apply(each) if one.session is not None]
    assert {session.key for session in sessions} == set(before[0])
    assert [session.key for session in replay.open_sessions()] == list(before[0])


def known_boot(seconds: int) -> Event:
    boot = wtmp(EventKind.BOOT, seconds, "")
    return replace(boot, key=event_key(boot))


@pytest.mark.parametrize("seconds", [80, 100, 120])
def test_a_boot_that_another_import_told_is_not_told_again(seconds: int) -> None:
    replay = Replay()
    replay.know_ends([known_boot(100)])
    assert replay.apply(event(EventKind.BOOT, seconds, origin=Origin.JOURNAL)) == []


def test_a_boot_that_is_known_ends_the_sessions_of_a_file_that_tells_of_none() -> None:
    replay = Replay()
    replay.know_ends([known_boot(100)])
    replay.apply(event(EventKind.LOGIN, 50, user="anna", leader_pid=7, origin=Origin.AUTH_LOG))
    ended, opened = replay.apply(event(EventKind.LOGIN, 500, user="bert", leader_pid=8, origin=Origin.AUTH_LOG))
    assert ended.session is not None
    assert (ended.session.user, ended.session.outcome, ended.session.logout_us) == (
        "anna",
        Outcome.CRASH,
        100 * SECOND_US,
    )
    assert opened.session is not None
    assert opened.session.user == "bert"

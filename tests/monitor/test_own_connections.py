from __future__ import annotations

import msgspec
import pytest

from tests.monitor.machine_talk import NOON_US, Talk
from whotop.model import Event, EventKind, Origin
from whotop.monitor.own_connections import OwnConnections

SECOND_US = 1_000_000
NOW_US = NOON_US


def event(kind: EventKind = EventKind.LOGIN, time_us: int = NOW_US, **fields: object) -> Event:
    known = Event(machine="db", kind=kind, time_us=time_us, user="watcher", source="192.0.2.1", origin=Origin.WTMPDB)
    return msgspec.structs.replace(known, **fields)


@pytest.fixture
def own() -> OwnConnections:
    connections = OwnConnections()
    begin(connections)
    return connections


def begin(connections: OwnConnections, time_us: int = NOW_US) -> None:
    """A connection begins, and the list of open sessions tells of it."""
    connections.begin(Talk(ancestors=(42, 7, 1)).hello((time_us - NOON_US) / SECOND_US))
    connections.listed(event(time_us=time_us + 5, origin=Origin.LOGIND, leader_pid=42, session_id="3"))


def test_the_row_of_the_own_session_is_left_out(own: OwnConnections) -> None:
    assert own.without([event()]) == []


def test_only_one_row_is_taken_for_it(own: OwnConnections) -> None:
    assert own.without([event(), event(time_us=NOW_US + SECOND_US)]) == [event(time_us=NOW_US + SECOND_US)]


def test_its_end_is_left_out_when_the_next_connection_stands(own: OwnConnections) -> None:
    own.without([event()])
    begin(own, NOW_US + 60 * SECOND_US)
    ended = event(EventKind.LOGOUT, NOW_US + 50 * SECOND_US, duration_us=50 * SECOND_US)
    other = event(EventKind.LOGOUT, NOW_US + 50 * SECOND_US, duration_us=20 * SECOND_US)
    assert own.without([ended, other]) == [other]


def test_its_end_is_left_out_after_a_restart_too(own: OwnConnections) -> None:
    own.without([event()])
    after = OwnConnections()
    after.remember(own.marks)
    begin(after, NOW_US + 60 * SECOND_US)
    ended = event(EventKind.LOGOUT, NOW_US + 50 * SECOND_US, duration_us=50 * SECOND_US)
    assert after.without([ended]) == []
    assert after.marks == own.marks


@pytest.mark.parametrize(
    "other",
    [
        event(tty="pts/0"),
        event(user="ann"),
        event(source="192.0.2.9"),
        event(time_us=NOW_US - 10 * SECOND_US),
        event(origin=Origin.WTMP),
    ],
    ids=["on a terminal", "another user", "from elsewhere", "earlier", "by another origin"],
)
def test_rows_of_others_stay(own: OwnConnections, other: Event) -> None:
    assert own.without([other]) == [other]


def test_nothing_is_hidden_before_the_list_has_told_which_session_it_is() -> None:
    connections = OwnConnections()
    connections.begin(Talk(ancestors=(42,)).hello(0))
    assert connections.without([event()]) == [event()]

"""Questions about the past are answered from what was committed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from whotop.clock import DAY_US, HOUR_US, MINUTE_US, SECOND_US, ManualClock
from whotop.model import Event, EventKind, Outcome, Sample, Session
from whotop.store.batch import WriteBatch
from whotop.store.store import Store

NOON_US = 1_763_726_400_000_000
Open = Callable[[], Awaitable[Store]]


def session(number: int, user: str, start_us: int, end_us: int | None = None, machine: str = "web-01") -> Session:
    return Session(
        key=number.to_bytes(16),
        machine=machine,
        user=user,
        login_us=start_us,
        logout_us=end_us,
        outcome=Outcome.OPEN if end_us is None else Outcome.LOGOUT,
    )


async def commit_sessions(store: Store, *sessions: Session) -> None:
    await store.commit(WriteBatch(sessions={each.key: each for each in sessions}))


async def poll_for(store: Store, clock: ManualClock, minutes: int, *, every_seconds: int = 20) -> None:
    """Samples whose CPU figure is the number of the minute."""
    for second in range(0, minutes * 60, every_seconds):
        sample = Sample(machine="web-01", time_us=clock.now_us(), cpu_percent=second // 60 % 60)
        await store.commit(WriteBatch(samples=[(sample, 2)]))
        clock.advance(every_seconds)


async def test_sessions_of_a_machine_come_newest_login_first(store: Store) -> None:
    old, new = session(1, "alice", NOON_US), session(2, "bob", NOON_US + 1)
    await commit_sessions(store, old, new, session(3, "alice", NOON_US, machine="db-02"))
    assert await store.history.sessions(machine="web-01") == [new, old]
    assert await store.history.sessions(machine="web-01", limit=1) == [new]


async def test_sessions_of_a_user_come_from_all_machines(store: Store) -> None:
    here, there = session(1, "alice", NOON_US), session(2, "alice", NOON_US + 1, machine="db-02")
    await commit_sessions(store, here, there, session(3, "bob", NOON_US))
    assert await store.history.sessions(user="alice") == [there, here]


async def test_sessions_of_a_source_come_from_all_machines(store: Store) -> None:
    here, there = session(1, "alice", NOON_US), session(2, "bob", NOON_US + 1, machine="db-02")
    here, there = [msgspec.structs.replace(each, source="10.0.0.7") for each in (here, there)]
    await commit_sessions(store, here, there, session(3, "alice", NOON_US))
    assert await store.history.sessions(source="10.0.0.7") == [there, here]


async def test_sessions_that_had_ended_before_are_left_out(store: Store) -> None:
    ended = session(1, "alice", NOON_US - 10, NOON_US - 1)
    until_then = session(2, "alice", NOON_US - 20, NOON_US)
    still_open = session(3, "alice", NOON_US - 30)
    await commit_sessions(store, ended, until_then, still_open)
    assert await store.history.sessions(user="alice", start_us=NOON_US) == [until_then, still_open]


async def test_the_past_is_ordered_by_our_clock_not_by_the_machines(store: Store) -> None:
    ahead = msgspec.structs.replace(session(1, "alice", NOON_US + HOUR_US), skew_us=2 * HOUR_US)
    right = session(2, "alice", NOON_US)
    await commit_sessions(store, ahead, right)
    assert await store.history.sessions(user="alice") == [right, ahead]


async def test_events_come_newest_first(store: Store) -> None:
    events = [
        Event(machine="web-01", kind=EventKind.LOGIN, user="alice", time_us=NOON_US + n, key=n.to_bytes(16))
        for n in range(3)
    ]
    await store.commit(WriteBatch(events={event.key: event for event in events}))
    assert await store.history.events(machine="web-01", limit=2) == [events[2], events[1]]
    assert await store.history.events(user="nobody") == []


async def test_figures_of_the_last_hour_come_by_the_minute_up_to_now(store: Store, clock: ManualClock) -> None:
    await poll_for(store, clock, 5)
    figures = await store.history.figures("web-01", NOON_US, clock.now_us())
    assert [(each.time_us - NOON_US) // MINUTE_US for each in figures] == [0, 1, 2, 3, 4]
    assert [(each.samples, each.cpu_mean, each.sessions_max) for each in figures][:2] == [(3, 0.0, 2), (3, 1.0, 2)]


async def test_figures_are_those_of_the_span_asked_for(store: Store, clock: ManualClock) -> None:
    await poll_for(store, clock, 5)
    figures = await store.history.figures("web-01", NOON_US + MINUTE_US, NOON_US + 3 * MINUTE_US)
    assert [each.cpu_mean for each in figures] == [1.0, 2.0]
    assert await store.history.figures("db-02", NOON_US, clock.now_us()) == []


async def test_a_restart_within_a_minute_leaves_one_minute(opened: Open, clock: ManualClock) -> None:
    first = await opened()
    await poll_for(first, clock, 1)
    clock.advance(-10)
    await first.close()
    second = await opened()
    sample = Sample(machine="web-01", time_us=clock.now_us() - SECOND_US, cpu_percent=40.0)
    await second.commit(WriteBatch(samples=[(sample, 2)]))
    (minute,) = await second.history.figures("web-01", NOON_US, clock.now_us())
    assert (minute.samples, minute.cpu_mean, minute.cpu_max) == (4, 10.0, 40.0)


async def test_figures_of_many_days_come_by_the_hour(store: Store, clock: ManualClock) -> None:
    await poll_for(store, clock, 130, every_seconds=60)
    await store.expire(clock.now_us())
    figures = await store.history.figures("web-01", NOON_US - 7 * DAY_US, clock.now_us())
    assert [(each.time_us - NOON_US) // HOUR_US for each in figures] == [0, 1, 2]
    assert [each.samples for each in figures] == [60, 60, 10]
    assert figures[0].cpu_max == 59.0


async def test_a_follower_reads_the_minutes_that_the_writer_wrote(opened: Open, clock: ManualClock) -> None:
    writer, follower = await opened(), await opened()
    await poll_for(writer, clock, 3)
    figures = await follower.history.figures("web-01", NOON_US, clock.now_us())
    assert [each.cpu_mean for each in figures] == [0.0, 1.0]

"""What is too old leaves, and nothing else."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from whotop.clock import DAY_US, HOUR_US, ManualClock
from whotop.model import Alert, Event, EventKind, Level, Machine, MachineState, Outcome, Sample, Session
from whotop.store.batch import StateChange, WriteBatch
from whotop.store.retention import RetentionSettings
from whotop.store.store import Store, open_store

NOON_US = 1_763_726_400_000_000


def old_batch() -> WriteBatch:
    """One of everything at noon, and a session and an alert that are still open."""
    ended = Session(
        key=b"1" * 16, machine="web-01", user="alice", login_us=NOON_US, logout_us=NOON_US + 1, outcome=Outcome.LOGOUT
    )
    still_open = Session(key=b"2" * 16, machine="web-01", user="bob", login_us=NOON_US)
    alert = Alert(
        key=b"3" * 16,
        rule="cpu",
        level=Level.WARN,
        machine="",
        subject="",
        text="",
        opened_us=NOON_US,
        updated_us=NOON_US,
    )
    event = Event(machine="web-01", kind=EventKind.LOGIN, time_us=NOON_US, key=b"4" * 16)
    return WriteBatch(
        machines={"web-01": Machine(name="web-01", address="", state=MachineState.UP)},
        states=[StateChange("web-01", NOON_US, MachineState.UP, "")],
        sessions={ended.key: ended, still_open.key: still_open},
        events={event.key: event},
        alerts={alert.key: alert},
        samples=[(Sample(machine="web-01", time_us=NOON_US, cpu_percent=1.0), 1)],
    )


def rows(place: Path, table: str) -> int:
    with closing(sqlite3.connect(place)) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


async def test_raw_samples_leave_after_two_hours_and_their_minutes_stay(
    store: Store, place: Path, clock: ManualClock
) -> None:
    await store.commit(old_batch())
    clock.advance(2 * 3600 + 1)
    await store.commit(WriteBatch())
    await store.expire(clock.now_us())
    assert rows(place, "sample_batches") == 0
    assert len(await store.history.figures("web-01", NOON_US, NOON_US + HOUR_US)) == 1


async def test_an_hour_is_condensed_once(store: Store, place: Path, clock: ManualClock) -> None:
    await store.commit(old_batch())
    clock.advance(2 * 3600)
    await store.commit(WriteBatch())
    for _ in range(2):
        await store.expire(clock.now_us())
    (hour,) = await store.history.figures("web-01", NOON_US - 7 * DAY_US, clock.now_us())
    assert hour.samples == 1


async def test_after_400_days_only_what_is_still_open_is_left(store: Store, clock: ManualClock) -> None:
    await store.commit(old_batch())
    clock.advance(401 * 86_400)
    assert await store.expire(clock.now_us()) > 0
    assert [session.user for session in await store.history.sessions(machine="web-01")] == ["bob"]
    assert await store.history.events() == []
    assert len((await store.restore(["web-01"])).alerts) == 1


async def test_nothing_leaves_before_its_time(store: Store, place: Path, clock: ManualClock) -> None:
    await store.commit(old_batch())
    clock.advance(2 * 3600 - 1)
    await store.expire(clock.now_us())
    assert len(await store.history.events()) == 1
    assert rows(place, "sample_batches") == 1
    assert len(await store.history.sessions(user="alice")) == 1


async def test_many_rows_leave_in_several_steps(place: Path, clock: ManualClock) -> None:
    store = await open_store(place, clock=clock, retention=RetentionSettings(event_seconds=60))
    events = [
        Event(machine="web-01", kind=EventKind.LOGIN, time_us=NOON_US, key=number.to_bytes(16)) for number in range(450)
    ]
    await store.commit(WriteBatch(events={event.key: event for event in events}))
    assert await store.expire(NOON_US + 3_600_000_000) == 450
    await store.close()


async def test_what_imports_told_leaves_with_the_events_of_its_time(store: Store, place: Path) -> None:
    await store.commit(old_batch())
    marks = [("web-01", NOON_US, b"old"), ("web-01", NOON_US + 2 * DAY_US, b"new"), ("unknown", NOON_US, b"")]
    await store.imports.imported.mark(marks, {})
    await store.expire(NOON_US + 401 * DAY_US)
    assert await store.imports.imported.marks_in(["web-01"], 0, NOON_US + 9 * DAY_US) == {b"new"}

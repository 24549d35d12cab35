"""Forgetting a user: nothing of that name stays, not even in the bytes of the file; nobody else is touched."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from whotop.model import Alert, Event, EventKind, Level, Machine, MachineState, Outcome, Session
from whotop.store.batch import WriteBatch
from whotop.store.store import Store

NOON_US = 1_763_726_400_000_000
NAME = "zaphod.b"
NAMESAKES = ("zaphod", "zaphod.bb", "x-zaphod.b")
"""Others, within whose names it stands, or who stand within it."""


def of(user: str, number: int) -> WriteBatch:
    """A session, its login, and an alert about one user."""
    key = bytes([number]) * 16
    session = Session(
        key=key, machine="web-01", user=user, login_us=NOON_US, logout_us=NOON_US + 1, outcome=Outcome.LOGOUT
    )
    event = Event(machine="web-01", kind=EventKind.LOGIN, time_us=NOON_US, user=user, key=key)
    alert = Alert(
        key=key,
        rule="hours",
        level=Level.WARN,
        machine="web-01",
        subject="",
        text=f"{user} logged in at night",
        opened_us=NOON_US,
        updated_us=NOON_US,
    )
    return WriteBatch(
        machines={"web-01": Machine(name="web-01", address="", state=MachineState.UP)},
        sessions={key: session},
        events={key: event},
        alerts={key: alert},
        rule_states={("new_source", user): [user, 1]},
    )


@pytest.fixture
async def full(store: Store) -> Store:
    for number, user in enumerate((NAME, *NAMESAKES), 1):
        await store.commit(of(user, number))
    return store


def found(place: Path, statement: str) -> list[str]:
    with closing(sqlite3.connect(place)) as connection:
        return sorted(str(row[0]) for row in connection.execute(statement))


def bytes_of(place: Path) -> bytes:
    """Of the file and its log."""
    return place.read_bytes() + place.with_name(place.name + "-wal").read_bytes()


async def test_sessions_events_alerts_and_what_rules_remember_leave(full: Store, place: Path) -> None:
    forgotten = await full.forget_user(NAME)
    assert (forgotten.sessions, forgotten.events, forgotten.alerts) == (1, 1, 1)
    others = sorted(NAMESAKES)
    assert found(place, "SELECT user_name FROM sessions") == others
    assert found(place, "SELECT user_name FROM events") == others
    assert found(place, "SELECT replace(text, ' logged in at night', '') FROM alerts") == others
    assert found(place, "SELECT subject FROM rule_states") == others


async def test_nothing_of_the_name_stays_in_the_bytes_of_the_file(store: Store, place: Path) -> None:
    await store.commit(of(NAME, 1))
    assert (await store.forget_user(NAME)).is_overwritten
    assert b"web-01" in bytes_of(place)
    assert NAME.encode() not in bytes_of(place)


async def test_usage_goes_on_counting_somebody(store: Store, place: Path) -> None:
    await store.commit(of(NAME, 1))
    day = date(2025, 11, 21)
    await store.usage_record.record(day, time_zone="UTC", today=day, revision=await store.usage_record.revision())
    assert (await store.forget_user(NAME)).is_counted_in_usage
    assert found(place, "SELECT name FROM usage_users") == ["(forgotten 0)"]
    assert found(place, "SELECT users FROM usage_day_users") == ["1"]


async def test_a_name_that_nobody_has_is_nothing(full: Store) -> None:
    assert (await full.forget_user("marvin")).is_nothing


async def test_what_a_store_holds_is_counted(full: Store) -> None:
    contents = await full.contents()
    assert (contents.rows["sessions"], contents.rows["events"], contents.rows["alerts"]) == (4, 4, 4)
    assert contents.first_event_us == NOON_US
    assert contents.events_a_day == contents.sessions_a_day == 4
    assert contents.file_bytes > 50_000
    assert await full.intervals_seconds() == [5.0]


async def test_what_imports_told_of_their_machines_is_compared_again(full: Store) -> None:
    imported = full.imports.imported
    await imported.mark([("web-01", NOON_US, b"mark")], {})
    await full.forget_user("marvin")
    assert await imported.marks_in(["web-01"], NOON_US, NOON_US) == {b"mark"}
    await full.forget_user(NAME)
    assert await imported.marks_in(["web-01"], NOON_US, NOON_US) == set()

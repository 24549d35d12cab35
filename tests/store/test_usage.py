"""Usage is recorded day by day, and stays answerable when the events themselves have expired."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL

from whotop.core.days import days_between
from whotop.core.periods import Period
from whotop.core.usage import UsageQuestion
from whotop.errors import UsageError
from whotop.model import Event, EventKind
from whotop.store.batch import WriteBatch
from whotop.store.store import Store
from whotop.store.usage_day import day_insert
from whotop.store.usage_logins import logins_of_day

Open = Callable[[], Awaitable[Store]]

FIRST, LAST = date(2025, 11, 1), date(2025, 11, 14)
TODAY = date(2025, 11, 15)


def logins(*told: str) -> WriteBatch:
    """From lines such as ``2025-11-03 10:00 ann@web-01 10.0.0.1``."""
    batch = WriteBatch()
    for line in told:
        day, clock, who, *source = line.split()
        user, machine = who.split("@")
        moment = datetime.fromisoformat(f"{day}T{clock}:00+00:00")
        key = line.encode()
        batch.events[key] = Event(
            machine=machine,
            kind=EventKind.LOGIN,
            time_us=int(moment.timestamp()) * 1_000_000,
            user=user,
            source=source[0] if source else "",
            key=key,
        )
    return batch


async def record(store: Store, first: date = FIRST, last: date = LAST, time_zone: str = "UTC") -> None:
    revision = await store.usage_record.revision()
    for day in days_between(first, last):
        await store.usage_record.record(day, time_zone=time_zone, today=TODAY, revision=revision)
    await store.usage_record.finish(revision, 0)


def question(period: Period = Period.DAY, first: date = FIRST, last: date = LAST, **rest: Any) -> UsageQuestion:
    return UsageQuestion(period=period, start=first, end=last, **rest)


async def counts(store: Store, asked: UsageQuestion) -> dict[str, int]:
    """The periods with anybody in them."""
    report = await store.history.usage.report(asked)
    return {one.last_day.isoformat(): one.users for one in report.periods if one.users}


def expire_events(place: Path) -> None:
    with closing(sqlite3.connect(place)) as connection, connection:
        connection.execute("DELETE FROM events")


def rows(place: Path, statement: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(place)) as connection:
        return connection.execute(statement).fetchall()


async def test_without_a_record_the_events_answer(store: Store) -> None:
    await store.commit(
        logins("2025-11-03 10:00 ann@web-01", "2025-11-03 11:00 ann@web-02", "2025-11-05 23:59 bob@web-01")
    )
    assert await counts(store, question()) == {"2025-11-03": 1, "2025-11-05": 1}
    assert await counts(store, question(Period.WEEK)) == {"2025-11-09": 2}


async def test_recorded_days_are_answered_when_their_events_have_expired(store: Store, place: Path) -> None:
    await store.commit(
        logins("2025-11-03 10:00 ann@web-01", "2025-11-03 11:00 ann@web-02", "2025-11-05 23:59 bob@web-01")
    )
    await record(store)
    expire_events(place)
    assert await counts(store, question()) == {"2025-11-03": 1, "2025-11-05": 1}
    assert await counts(store, question(Period.MONTH)) == {"2025-11-30": 2}


async def test_a_day_is_one_record_for_each_machine_user_and_source(store: Store, place: Path) -> None:
    await store.commit(
        logins(
            "2025-11-03 10:00 ann@web-01 10.0.0.1",
            "2025-11-03 11:00 ann@web-01 10.0.0.1",
            "2025-11-03 12:00 ann@web-01 10.0.0.2",
        )
    )
    await record(store)
    assert rows(place, "SELECT * FROM usage_by_day ORDER BY source") == [
        ("2025-11-03", "web-01", "ann", "10.0.0.1", 2),
        ("2025-11-03", "web-01", "ann", "10.0.0.2", 1),
    ]


async def test_recording_a_day_twice_changes_nothing(store: Store, place: Path) -> None:
    await store.commit(logins("2025-11-03 10:00 ann@web-01", "2025-11-04 10:00 bob@web-01"))
    await record(store)
    before = [rows(place, f"SELECT * FROM {table}") for table in ("usage_days", "usage_day_users", "usage_periods")]
    await record(store)
    assert before == [
        rows(place, f"SELECT * FROM {table}") for table in ("usage_days", "usage_day_users", "usage_periods")
    ]


async def test_a_late_event_is_added_to_its_day_though_the_others_have_expired(store: Store, place: Path) -> None:
    await store.commit(logins("2025-11-03 10:00 ann@web-01"))
    await record(store)
    expire_events(place)
    await store.commit(logins("2025-11-03 12:00 bob@web-01"))
    checkpoint = await store.usage_record.checkpoint()
    assert checkpoint is not None
    assert await store.usage_record.late_days(checkpoint) == [date(2025, 11, 3)]
    await record(store, date(2025, 11, 3), date(2025, 11, 3))
    assert rows(place, "SELECT user_name FROM usage_by_day") == [("ann",), ("bob",)]
    assert rows(place, "SELECT users FROM usage_by_period WHERE period = 'w' AND users > 0") == [(2,)]
    assert await store.usage_record.late_days(checkpoint._replace(revision=await store.usage_record.revision())) == []


async def test_a_late_event_counts_in_answers_before_the_job_has_run_again(store: Store) -> None:
    await store.commit(logins("2025-11-03 10:00 ann@web-01"))
    await record(store)
    await store.commit(logins("2025-11-03 12:00 bob@web-01"))
    assert await counts(store, question()) == {"2025-11-03": 2}


async def test_days_after_the_checkpoint_are_answered_from_events_in_the_same_period(store: Store) -> None:
    await store.commit(
        logins("2025-11-03 10:00 ann@web-01", "2025-11-04 10:00 ann@web-01", "2025-11-04 11:00 bob@web-01")
    )
    await record(store, FIRST, date(2025, 11, 3))
    assert await counts(store, question(Period.WEEK)) == {"2025-11-09": 2}


async def test_the_checkpoint_moves_only_over_days_that_are_over(store: Store) -> None:
    await store.commit(logins("2025-11-15 10:00 ann@web-01"))
    await record(store, LAST, TODAY)
    checkpoint = await store.usage_record.checkpoint()
    assert checkpoint is not None
    assert checkpoint.next_day == TODAY


async def test_days_recorded_out_of_order_do_not_move_the_checkpoint(store: Store) -> None:
    await record(store, FIRST, date(2025, 11, 3))
    await record(store, date(2025, 11, 10), date(2025, 11, 12))
    checkpoint = await store.usage_record.checkpoint()
    assert checkpoint is not None
    assert checkpoint.next_day == date(2025, 11, 4)


async def test_finished_periods_are_counted_once_each(store: Store, place: Path) -> None:
    await store.commit(
        logins("2025-11-01 10:00 ann@web-01", "2025-11-02 10:00 ann@web-01", "2025-11-09 11:00 bob@web-01")
    )
    await record(store)
    assert rows(place, "SELECT * FROM usage_by_period WHERE users > 0 ORDER BY period, last_day") == [
        ("d", "2025-11-01", 1),
        ("d", "2025-11-02", 1),
        ("d", "2025-11-09", 1),
        ("w", "2025-11-02", 1),
        ("w", "2025-11-09", 1),
    ]


async def test_excluded_users_count_nowhere(store: Store) -> None:
    await store.commit(
        logins("2025-11-03 10:00 ann@web-01", "2025-11-03 11:00 admin@web-01", "2025-11-14 11:00 admin@a")
    )
    await record(store, FIRST, date(2025, 11, 13))
    asked = question(Period.MONTH, excluded=frozenset({"admin"}))
    report = await store.history.usage.report(asked)
    assert [(one.users, one.logins) for one in report.periods] == [(1, 1)]
    assert [one.user for one in await store.history.usage.users(asked, FIRST, LAST)] == ["ann"]


async def test_a_filter_finds_logins_of_the_record_and_of_the_events(store: Store) -> None:
    await store.commit(
        logins(
            "2025-11-03 10:00 ann@web-01 10.0.0.1",
            "2025-11-03 10:00 bob@db-01 10.0.0.2",
            "2025-11-14 10:00 cid@web-02 10.0.0.3",
        )
    )
    await record(store, FIRST, date(2025, 11, 10))
    assert await counts(store, question(Period.MONTH, where="machine:web-*")) == {"2025-11-30": 2}
    assert await counts(store, question(Period.DAY, where="from:10.0.0.2/31")) == {"2025-11-03": 1, "2025-11-14": 1}


async def test_the_users_of_a_period_come_with_their_machines_and_days(store: Store) -> None:
    await store.commit(
        logins("2025-11-03 10:00 ann@web-01", "2025-11-04 10:00 ann@web-02", "2025-11-04 11:00 bob@web-01")
    )
    await record(store, FIRST, date(2025, 11, 3))
    found = await store.history.usage.users(question(), FIRST, LAST)
    assert [(one.user, one.logins, one.days, one.machines) for one in found] == [
        ("ann", 2, 2, ("web-01", "web-02")),
        ("bob", 1, 1, ("web-01",)),
    ]


async def test_a_day_is_one_of_the_zone_in_which_the_record_counts(store: Store, place: Path) -> None:
    await store.commit(logins("2025-11-03 23:30 ann@web-01"))
    await record(store, time_zone="Europe/Berlin")
    expire_events(place)
    assert await counts(store, question()) == {"2025-11-04": 1}


async def test_another_zone_is_answered_from_events_while_they_are_kept(store: Store) -> None:
    await store.commit(logins("2025-11-03 23:30 ann@web-01"))
    await record(store)
    assert await counts(store, question(time_zone="Asia/Tokyo")) == {"2025-11-04": 1}


async def test_another_zone_is_refused_once_events_have_expired(store: Store, place: Path) -> None:
    await store.commit(logins("2025-11-03 23:30 ann@web-01", "2025-11-12 23:30 ann@web-01"))
    await record(store)
    with closing(sqlite3.connect(place)) as connection, connection:
        connection.execute("DELETE FROM events WHERE user_name = 'ann' AND fleet_time_us < 1762560000000000")
    with pytest.raises(UsageError, match=r"have expired \(those before 2025-11-13\).*say --time-zone UTC"):
        await store.history.usage.report(question(time_zone="Asia/Tokyo"))
    later = question(time_zone="Asia/Tokyo", first=date(2025, 11, 14))
    assert await counts(store, later) == {}


async def test_users_are_numbered_without_gaps(store: Store, place: Path) -> None:
    await store.commit(
        logins("2025-11-03 10:00 ann@web-01", "2025-11-04 10:00 ann@web-01", "2025-11-05 10:00 bob@web-01")
    )
    await record(store)
    assert rows(place, "SELECT number, name FROM usage_users ORDER BY 1") == [(0, "ann"), (1, "bob")]


@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_a_day_can_be_written_in_both_databases(name: str) -> None:
    statement = day_insert(name, 1, logins_of_day(FIRST, UTC))
    text = str(statement.compile(dialect=URL.create(name).get_dialect()()))
    assert text.startswith("INSERT INTO usage_days (day, user_number, machine_id, source, logins) SELECT")
    assert "ON CONFLICT (day, user_number, machine_id, source) DO UPDATE SET logins = excluded.logins" in text

"""The usage job: resumes where it left off, runs when it is due, and makes up once for what it missed."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from whotop.clock import DAY_US, HOUR_US, ManualClock
from whotop.config.usage_settings import UsageTable
from whotop.core.periods import Period
from whotop.core.usage import UsageQuestion
from whotop.errors import StoreError, UsageError
from whotop.model import Event, EventKind
from whotop.monitor.usage_job import Recorded, Span, UsageJob, aggregate
from whotop.store.batch import WriteBatch
from whotop.store.store import Store, make_ready, open_store

NOON_US = int(datetime(2025, 11, 21, 12, tzinfo=UTC).timestamp()) * 1_000_000
TODAY, YESTERDAY = date(2025, 11, 21), date(2025, 11, 20)


@pytest.fixture(scope="module")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "whotop.db"
    make_ready(path)
    return path


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON_US)


@pytest.fixture
async def store(tmp_path: Path, empty_store: Path, clock: ManualClock) -> AsyncIterator[Store]:
    place = shutil.copy(empty_store, tmp_path / "whotop.db")
    opened = await open_store(place, clock=clock)
    yield opened
    await opened.close()


def unseen(_day: str, _share: float) -> None:
    """Nobody watches."""


async def login(store: Store, user: str, days_ago: int) -> None:
    time_us = NOON_US - days_ago * DAY_US
    event = Event(machine="web-01", kind=EventKind.LOGIN, time_us=time_us, user=user, key=f"{user}{days_ago}".encode())
    await store.commit(WriteBatch(events={event.key: event}))


async def run(store: Store, clock: ManualClock, span: Span | None = None, table: UsageTable | None = None) -> Recorded:
    return await aggregate(store.usage_record, table or UsageTable(), clock, span or Span(), unseen)


async def users(store: Store) -> list[int]:
    """Of the last four days."""
    asked = UsageQuestion(start=date(2025, 11, 18), end=TODAY, period=Period.DAY)
    return [one.users for one in (await store.history.usage.report(asked)).periods]


async def test_the_first_run_begins_with_the_oldest_login_and_ends_today(store: Store, clock: ManualClock) -> None:
    await login(store, "ann", 2)
    done = await run(store, clock)
    assert (done.first, done.last, done.days, done.logins) == (date(2025, 11, 19), TODAY, 3, 1)


async def test_the_first_run_begins_with_the_configured_day(store: Store, clock: ManualClock) -> None:
    await login(store, "ann", 2)
    done = await run(store, clock, table=UsageTable(start=YESTERDAY))
    assert (done.first, done.logins) == (YESTERDAY, 0)


async def test_without_a_login_there_is_nothing_to_do(store: Store, clock: ManualClock) -> None:
    assert (await run(store, clock)).first is None


async def test_the_next_run_begins_with_the_day_that_was_not_over(store: Store, clock: ManualClock) -> None:
    await login(store, "ann", 2)
    await run(store, clock)
    assert (await run(store, clock)).first == TODAY


async def test_a_late_login_is_recorded_by_the_next_run(store: Store, clock: ManualClock) -> None:
    await login(store, "ann", 2)
    await run(store, clock)
    await login(store, "bob", 3)
    await login(store, "bob", 2)
    done = await run(store, clock)
    assert (done.first, done.days) == (TODAY, 3)
    assert await users(store) == [1, 2, 0, 0]


async def test_days_before_the_configured_first_one_are_not_recorded_late(store: Store, clock: ManualClock) -> None:
    table = UsageTable(start=YESTERDAY)
    await run(store, clock, table=table)
    await login(store, "bob", 3)
    assert (await run(store, clock, table=table)).days == 1


async def test_a_reset_begins_again(store: Store, clock: ManualClock) -> None:
    await login(store, "ann", 2)
    await run(store, clock)
    assert (await run(store, clock, Span(reset=True))).days == 3


@pytest.mark.parametrize(
    ("span", "what"),
    [
        (Span(TODAY, YESTERDAY), "[2025-11-21 - 2025-11-20]: it ends before it starts"),
        (Span(None, date(2025, 11, 22)), "[2025-11-21 - 2025-11-22]: 2025-11-22 is in the future"),
        (Span(None, date(2025, 11, 1)), "[2025-11-21 - 2025-11-01]: it ends before it starts"),
    ],
)
async def test_an_impossible_range_is_refused_with_both_dates(
    store: Store, clock: ManualClock, span: Span, what: str
) -> None:
    await login(store, "ann", 0)
    await run(store, clock)
    with pytest.raises(UsageError) as refused:
        await run(store, clock, span)
    assert f"unexpected date range {what}" in str(refused.value)


async def test_another_zone_than_the_recorded_one_is_refused_with_the_mend(store: Store, clock: ManualClock) -> None:
    await login(store, "ann", 0)
    await run(store, clock)
    with pytest.raises(UsageError, match=r'recorded in days of UTC.*write time_zone = "UTC" in \[usage\]'):
        await run(store, clock, table=UsageTable(time_zone="Europe/Berlin"))


async def test_excluded_users_are_not_recorded(store: Store, clock: ManualClock) -> None:
    await login(store, "admin", 0)
    await login(store, "ann", 0)
    assert (await run(store, clock, table=UsageTable(exclude_users=("admin",)))).logins == 1


async def test_a_job_that_never_ran_waits_for_its_time(store: Store, clock: ManualClock) -> None:
    await login(store, "ann", 2)
    job = UsageJob(store.usage_record, UsageTable(), clock)
    assert await job.step() > 0
    clock.advance(13.5 * 3600)
    assert await job.step() == 0
    checkpoint = await store.usage_record.checkpoint()
    assert checkpoint is not None
    assert checkpoint.ran_us == NOON_US + 13.5 * HOUR_US
    assert await job.step() > 0


async def test_runs_that_were_missed_while_nobody_was_there_are_made_up_for_once(
    store: Store, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    await login(store, "ann", 2)
    await run(store, clock)
    clock.advance(10 * 86_400)
    job = UsageJob(store.usage_record, UsageTable(), clock)
    with caplog.at_level("INFO", "whotop.monitor.usage_job"):
        assert [await job.step() > 0 for _ in range(3)] == [False, True, True]
    assert caplog.messages[-1] == "usage recorded up to 2025-12-01: days 11, logins 0"


async def test_a_store_that_refuses_is_tried_again_soon(clock: ManualClock) -> None:
    class Refusing:
        async def checkpoint(self) -> None:
            raise StoreError("the disk is full")

    job = UsageJob(Refusing(), UsageTable(), clock)  # type: ignore[arg-type]
    assert await job.step() == 60


async def test_a_zone_that_was_changed_is_told_and_waits_for_its_time(
    store: Store, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    await login(store, "ann", 0)
    await run(store, clock)
    clock.advance(86_400)
    job = UsageJob(store.usage_record, UsageTable(time_zone="Asia/Tokyo"), clock)
    assert [await job.step() > 0 for _ in range(2)] == [False, True]
    assert "usage is not recorded: usage is recorded in days of UTC" in caplog.text

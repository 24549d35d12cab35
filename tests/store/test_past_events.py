"""Events of the past, in pages: by time, and by the revision at which they came."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from whotop.clock import DAY_US, SECOND_US, ManualClock
from whotop.model import Event, EventKind, Standing
from whotop.store import past_events
from whotop.store.batch import WriteBatch
from whotop.store.store import Store


def event(number: int, time_us: int, standing: Standing = Standing.LIVE) -> Event:
    key = b"event %010d" % number
    return Event(key=key, machine="web-01", kind=EventKind.LOGIN, time_us=time_us, user=str(number), standing=standing)


async def commit(store: Store, *events: Event) -> int:
    return await store.commit(WriteBatch(events={event.key: event for event in events}))


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past_events, "ROWS_AT_ONCE", 3)


async def users_before(store: Store, start_us: int, end_us: int) -> list[int]:
    return [int(event.user) async for event in store.events.newest_first(start_us, end_us)]


async def after(store: Store, revision: int, until: int, now_us: int) -> list[tuple[int, int]]:
    return [(each, int(event.user)) async for each, event in store.events.after(revision, until, now_us)]


async def test_the_newest_come_first_across_pages(store: Store, clock: ManualClock) -> None:
    now_us = clock.now_us()
    # Several of one time, so that a page ends among them.
    await commit(store, *(event(number, now_us - number // 4 * SECOND_US) for number in range(10)))
    assert await users_before(store, 0, now_us + 1) == [3, 2, 1, 0, 7, 6, 5, 4, 9, 8]


async def test_a_span_has_its_start_and_not_its_end(store: Store, clock: ManualClock) -> None:
    now_us = clock.now_us()
    await commit(store, *(event(number, now_us - number * SECOND_US) for number in range(6)))
    assert await users_before(store, now_us - 4 * SECOND_US, now_us - SECOND_US) == [2, 3, 4]
    assert await users_before(store, now_us + 1, now_us + 2) == []


async def test_what_came_between_two_revisions_comes_in_order(store: Store, clock: ManualClock) -> None:
    now_us = clock.now_us()
    first = await commit(store, event(0, now_us))
    second = await commit(store, *(event(number, now_us - number) for number in range(1, 8)))
    third = await commit(store, event(8, now_us))
    await commit(store, event(9, now_us))
    assert await after(store, first, third, now_us) == [(second, number) for number in range(1, 8)] + [(third, 8)]
    assert await after(store, third, third, now_us) == []


async def test_old_history_is_no_news(store: Store, clock: ManualClock) -> None:
    now_us = clock.now_us()
    revision = await commit(
        store,
        event(1, now_us - 3 * DAY_US, Standing.HISTORY),
        event(2, now_us - 3 * DAY_US, Standing.LATE),
        event(3, now_us - SECOND_US, Standing.HISTORY),
    )
    assert await after(store, 0, revision, now_us) == [(revision, 2), (revision, 3)]


async def test_the_newest_failures_of_one_machine_come_in_their_order(store: Store, clock: ManualClock) -> None:
    now_us = clock.now_us()
    failures = [replace(event(number, now_us + number), kind=EventKind.FAILED_LOGIN) for number in range(6)]
    failures[5] = replace(failures[5], machine="web-02")
    await commit(store, *reversed(failures), event(6, now_us + 6))
    assert [one.user for one in await store.events.newest_failures("web-01", 3)] == ["2", "3", "4"]
    assert await store.events.newest_failures("web-03", 3) == []

"""The spans in which a machine was really watched: up, by a process that was alive."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

from whotop.clock import SECOND_US, ManualClock
from whotop.model import MachineState
from whotop.store.batch import StateChange, WriteBatch
from whotop.store.store import Store
from whotop.store.watched import Span, plan_spans

NOON_US = 1_763_726_400_000_000
UP, STALE, DOWN = MachineState.UP, MachineState.STALE, MachineState.DOWN
Open = Callable[[], Awaitable[Store]]


def states(*changes: tuple[int, MachineState]) -> list[StateChange]:
    return [StateChange("web-01", time_us, state, "") for time_us, state in changes]


def test_a_machine_that_comes_up_is_watched_from_then_on() -> None:
    plan = plan_spans(states((1, MachineState.CONNECTING), (2, UP)), frozenset())
    assert plan.begins == [Span("web-01", 2)]
    assert plan.watched == {"web-01"}


def test_a_machine_that_is_stale_is_watched_no_longer() -> None:
    plan = plan_spans(states((5, STALE), (6, DOWN)), frozenset({"web-01"}))
    assert plan.ends == {"web-01": 5}
    assert plan.begins == []
    assert plan.watched == frozenset()


def test_several_changes_in_one_commit_make_several_spans() -> None:
    plan = plan_spans(states((1, DOWN), (2, UP), (3, DOWN), (4, UP)), frozenset({"web-01"}))
    assert plan.ends == {"web-01": 1}
    assert plan.begins == [Span("web-01", 2, 3), Span("web-01", 4)]


def test_up_twice_is_one_span() -> None:
    assert plan_spans(states((1, UP), (2, UP)), frozenset()).begins == [Span("web-01", 1)]


def spans(place: Path) -> list[tuple[int, int]]:
    """As docs/store.md tells other programs to read them."""
    with closing(sqlite3.connect(place)) as connection:
        return connection.execute(
            "SELECT start_us, coalesce(end_us, ended_us, alive_us) FROM watched"
            " JOIN collectors ON collectors.id = collector_id ORDER BY start_us"
        ).fetchall()


async def test_spans_are_stored_with_their_ends(store: Store, place: Path) -> None:
    await store.commit(WriteBatch(states=states((NOON_US, UP))))
    await store.commit(WriteBatch(states=states((NOON_US + 9, DOWN), (NOON_US + 20, UP))))
    await store.commit(WriteBatch(states=states((NOON_US + 30, STALE))))
    assert spans(place) == [(NOON_US, NOON_US + 9), (NOON_US + 20, NOON_US + 30)]


async def test_a_span_lasts_until_its_process_was_last_alive(store: Store, place: Path, clock: ManualClock) -> None:
    await store.commit(WriteBatch(states=states((NOON_US, UP))))
    clock.advance(7)
    await store.beat()
    assert spans(place) == [(NOON_US, NOON_US + 7 * SECOND_US)]


async def test_a_process_that_ends_ends_its_spans(opened: Open, place: Path, clock: ManualClock) -> None:
    store = await opened()
    await store.commit(WriteBatch(states=states((NOON_US, UP))))
    clock.advance(2)
    await store.close()
    assert spans(place) == [(NOON_US, NOON_US + 2 * SECOND_US)]

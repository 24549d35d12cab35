"""A full disk or a locked store is told in words, leaves nothing half done, and passes."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest

from whotop.clock import ManualClock
from whotop.errors import StoreError
from whotop.model import Event, EventKind, Machine, MachineState, Sample
from whotop.store import engine
from whotop.store.batch import StateChange, WriteBatch
from whotop.store.store import Store
from whotop.wire.messages import Cursor, FileIdentity

NOON_US = 1_763_726_400_000_000
Open = Callable[[], Awaitable[Store]]


def batch_of(count: int, first: int = 0) -> WriteBatch:
    """Events with the cursor behind them, on a machine that is new with each batch."""
    name = f"web-{first:02}"
    batch = WriteBatch(machines={name: Machine(name=name, address="", state=MachineState.UP)})
    batch.states.append(StateChange(name, NOON_US, MachineState.UP, ""))
    for number in range(first, first + count):
        key = number.to_bytes(16)
        batch.events[key] = Event(machine=name, kind=EventKind.LOGIN, time_us=NOON_US, key=key, detail="x" * 250)
    batch.samples.append((Sample(machine=name, time_us=NOON_US, cpu_percent=1.0), 0))
    identity = FileIdentity(device=1, inode=1, head=b"")
    batch.cursors[name, "wtmp"] = Cursor(file=identity, offset=first + count, tail=b"")
    return batch


async def limit_size(store: Store, pages: int) -> None:
    """Let the database grow to so many pages: SQLite then says that the disk is full."""
    async with store._writing.connect() as connection:
        await connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")


async def test_a_full_disk_is_said_in_words_and_nothing_of_the_commit_is_written(store: Store) -> None:
    await store.commit(batch_of(10))
    await limit_size(store, 80)
    with pytest.raises(StoreError, match="the disk is full"):
        await store.commit(batch_of(5_000, first=10))
    assert len(await store.history.events()) == 10
    restored = await store.restore(["web-00", "web-10"])
    assert {key: cursor.offset for key, cursor in restored.cursors.items()} == {("web-00", "wtmp"): 10}
    assert list(restored.machines) == ["web-00"]


async def test_when_there_is_room_again_the_same_batch_is_written_whole(store: Store) -> None:
    await limit_size(store, 80)
    batch = batch_of(5_000)
    for _ in range(2):
        with pytest.raises(StoreError, match="the disk is full"):
            await store.commit(batch)
    await limit_size(store, 100_000)
    assert await store.commit(batch) == 1
    assert len(await store.history.events(limit=10_000)) == 5_000
    assert (await store.restore(["web-00"])).cursors["web-00", "wtmp"].offset == 5_000


async def test_a_store_that_another_program_holds_locked_recovers(
    place: Path, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0)
    store = await opened()
    with closing(sqlite3.connect(place, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked by another process"):
            await store.commit(batch_of(1))
        other.execute("ROLLBACK")
    assert await store.commit(batch_of(1)) == 1


async def test_a_damaged_store_is_said_to_be_damaged(place: Path, opened: Open, clock: ManualClock) -> None:
    store = await opened()
    await store.commit(batch_of(500))
    await store.close()
    damage(place)
    with pytest.raises(StoreError, match="damaged"):
        await (await opened()).history.events(limit=10_000)


def damage(place: Path) -> None:
    """Its later half: events lie there, behind what every process writes of itself."""
    content = place.read_bytes()
    sound = len(content) // 2
    place.write_bytes(content[:sound] + b"\xff" * (len(content) - sound))


async def test_two_writers_of_one_store_take_turns(opened: Open) -> None:
    stores = [await opened(), await opened()]
    revisions = [await stores[number % 2].commit(batch_of(5, first=number * 5)) for number in range(6)]
    assert revisions == [1, 2, 3, 4, 5, 6]
    assert len(await stores[0].history.events()) == 30

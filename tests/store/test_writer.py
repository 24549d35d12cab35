"""The writer loses nothing that it was given, whatever the disk does."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from whotop.clock import SECOND_US, ManualClock
from whotop.errors import StoreError
from whotop.model import Event, EventKind, Machine, MachineState, Sample, Session
from whotop.store.batch import WriteBatch
from whotop.store.store import Store
from whotop.store.writer import StoreWriter
from whotop.wire.messages import Cursor, FileIdentity

NOON_US = 1_763_726_400_000_000
MACHINE = Machine(name="web-01", address="ops@web-01", state=MachineState.UP, state_since_us=NOON_US)
SESSION = Session(key=b"session-alice-01", machine="web-01", user="alice", login_us=NOON_US)


def event(number: int) -> Event:
    key = number.to_bytes(16)
    return Event(machine="web-01", kind=EventKind.LOGIN, time_us=NOON_US + number, key=key, session_key=key)


def cursor(offset: int) -> Cursor:
    return Cursor(file=FileIdentity(device=1, inode=1, head=b""), offset=offset, tail=b"")


def sample(number: int) -> Sample:
    return Sample(machine="web-01", time_us=NOON_US + number * SECOND_US, cpu_percent=float(number))


class BrokenStore:
    """A store on a disk that is full until it is mended; keeps what it was given."""

    def __init__(self) -> None:
        self.full = True
        self.commits: list[WriteBatch] = []

    async def commit(self, batch: WriteBatch) -> int:
        if self.full:
            raise StoreError("whotop.db: the disk is full")
        self.commits.append(batch)
        return len(self.commits)

    async def beat(self) -> None:
        pass

    async def expire(self, now_us: int) -> int:
        return 0


@pytest.fixture
def broken() -> BrokenStore:
    return BrokenStore()


@pytest.fixture
def writer(broken: BrokenStore, clock: ManualClock) -> StoreWriter:
    return StoreWriter(broken, clock=clock, samples_kept=3)


async def test_what_was_gathered_goes_into_one_commit(store: Store, clock: ManualClock) -> None:
    writer = StoreWriter(store, clock=clock)
    writer.machine(MACHINE)
    writer.session(SESSION)
    writer.event(event(1))
    writer.sample(sample(1), 1)
    assert await writer.flush() == 1
    assert await writer.flush() is None
    assert await store.history.sessions(user="alice") == [SESSION]


async def test_an_acknowledgement_comes_after_the_commit_with_its_revision(store: Store, clock: ManualClock) -> None:
    writer, told = StoreWriter(store, clock=clock), list[int]()
    writer.cursor("web-01", "wtmp", cursor(384), told.append)
    assert told == []
    await writer.flush()
    assert told == [1]
    assert (await store.restore(["web-01"])).cursors == {("web-01", "wtmp"): cursor(384)}


async def test_what_cannot_be_written_waits_in_front_of_what_comes_later(
    writer: StoreWriter, broken: BrokenStore
) -> None:
    told: list[int] = []
    writer.event(event(1))
    writer.cursor("web-01", "wtmp", cursor(1), told.append)
    with pytest.raises(StoreError):
        await writer.flush()
    writer.event(event(2))
    writer.cursor("web-01", "wtmp", cursor(2), told.append)
    assert told == []
    broken.full = False
    await writer.flush()
    (batch,) = broken.commits
    assert list(batch.events) == [event(1).key, event(2).key]
    assert batch.cursors == {("web-01", "wtmp"): cursor(2)}
    assert told == [1]


async def test_trouble_says_why_and_how_much_waits_until_it_is_over(writer: StoreWriter, broken: BrokenStore) -> None:
    assert writer.trouble is None
    writer.event(event(1))
    writer.sample(sample(1), 1)
    with pytest.raises(StoreError):
        await writer.flush()
    assert writer.trouble == "whotop.db: the disk is full; 1 change and 1 sample wait to be written"
    broken.full = False
    await writer.flush()
    assert writer.trouble is None


async def test_of_samples_that_wait_the_oldest_go_and_of_events_none(writer: StoreWriter, broken: BrokenStore) -> None:
    for number in range(1, 6):
        writer.sample(sample(number), 1)
        writer.event(event(number))
        with pytest.raises(StoreError):
            await writer.flush()
    broken.full = False
    await writer.flush()
    assert [kept for kept, _ in broken.commits[0].samples] == [sample(3), sample(4), sample(5)]
    assert len(broken.commits[0].events) == 5


async def test_a_commit_that_has_begun_ends_before_its_cancellation_is_told(clock: ManualClock) -> None:
    class Slow(BrokenStore):
        may_go_on = asyncio.Event()

        async def commit(self, batch: WriteBatch) -> int:
            await self.may_go_on.wait()
            self.commits.append(batch)
            return 7

    slow = Slow()
    writer = StoreWriter(slow, clock=clock)
    writer.event(event(1))
    flushing = asyncio.create_task(writer.flush())
    await asyncio.sleep(0)
    flushing.cancel()
    await asyncio.sleep(0)
    assert not flushing.done()
    slow.may_go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await flushing
    assert (len(slow.commits), writer.waiting) == (1, 0)


@pytest.mark.parametrize("breaths", [1, 10, 30])
async def test_a_commit_cancelled_half_way_is_written_once(store: Store, clock: ManualClock, breaths: int) -> None:
    writer = StoreWriter(store, clock=clock)
    for number in range(3_000):
        writer.event(event(number))
    flushing = asyncio.create_task(writer.flush())
    for _ in range(breaths):
        await asyncio.sleep(0)
    flushing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await flushing
    await writer.flush()
    assert len(await store.history.events(limit=10_000)) == 3_000


async def test_a_machine_whose_last_sample_alone_is_newer_is_not_written(
    writer: StoreWriter, broken: BrokenStore
) -> None:
    broken.full = False
    writer.machine(MACHINE)
    await writer.flush()
    writer.machine(msgspec.structs.replace(MACHINE, last_sample_us=NOON_US))
    assert await writer.flush() is None


async def test_a_change_of_state_is_noted_with_its_time_and_reason(writer: StoreWriter, broken: BrokenStore) -> None:
    broken.full = False
    down = msgspec.structs.replace(
        MACHINE, state=MachineState.DOWN, state_since_us=NOON_US + 5, reason="connection refused"
    )
    for machine in (MACHINE, down, msgspec.structs.replace(down, reason="timed out")):
        writer.machine(machine)
    await writer.flush()
    states = [(change.state, change.time_us, change.reason) for change in broken.commits[0].states]
    assert states == [(MachineState.UP, NOON_US, ""), (MachineState.DOWN, NOON_US + 5, "connection refused")]


async def test_a_machine_that_is_removed_is_not_written_as_well(writer: StoreWriter, broken: BrokenStore) -> None:
    broken.full = False
    writer.machine(MACHINE)
    writer.machine_removed("web-01")
    await writer.flush()
    assert broken.commits[0].machines == {}
    assert list(broken.commits[0].removed) == ["web-01"]


async def test_running_it_writes_without_being_asked(store: Store, clock: ManualClock) -> None:
    writer, told = StoreWriter(store, clock=clock), asyncio.Event()
    running = asyncio.create_task(writer.run())
    writer.event(event(1))
    writer.cursor("web-01", "wtmp", cursor(384), lambda _revision: told.set())
    async with asyncio.timeout(20):
        await told.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

"""A second whotop sees what the first one stores."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable

import msgspec
import pytest

from whotop.clock import ManualClock
from whotop.core.feed import (
    AlertChanged,
    Batch,
    EventAdded,
    Feed,
    MachineChanged,
    MachineRemoved,
    Sampled,
    SessionChanged,
)
from whotop.core.fleet import Fleet
from whotop.errors import MachineError, StoreError
from whotop.model import Alert, Event, EventKind, Level, Machine, MachineState, Outcome, Sample, Session, Standing
from whotop.store.batch import WriteBatch
from whotop.store.follow import FollowFeed, machine_of
from whotop.store.store import Store

Open = Callable[[], Awaitable[Store]]


def machine(name: str, **changes: object) -> Machine:
    return msgspec.structs.replace(Machine(name=name, address=f"ops@{name}", state=MachineState.UP), **changes)


class Simulation:
    """A writer's fleet: random changes, applied to it and gathered for the store."""

    def __init__(self, clock: ManualClock, seed: int) -> None:
        self.clock, self.random = clock, random.Random(seed)
        self.fleet = Fleet()
        self.revision = 0
        self.keys = 0

    def step(self) -> WriteBatch:
        batch = WriteBatch()
        changes = [self._change(batch) for _ in range(self.random.randint(1, 12))]
        self.revision += 1
        self.fleet.apply(Batch(self.revision, self.clock.now_us(), tuple(changes)))
        return batch

    def _change(self, batch: WriteBatch) -> MachineChanged | SessionChanged | EventAdded | Sampled:
        name = self.random.choice(["web-01", "db-02", "app-03"])
        match self.random.choice(["machine", "login", "logout", "sample", "event"]):
            case "machine":
                state = self.random.choice([MachineState.UP, MachineState.STALE])
                batch.machines[name] = machine(name, state=state, reason=str(self.random.random()))
                return MachineChanged(batch.machines[name])
            case "logout" if self.fleet.sessions:
                session = self.random.choice(list(self.fleet.sessions.values()))
                session = msgspec.structs.replace(session, outcome=Outcome.LOGOUT, logout_us=self.clock.now_us())
                batch.sessions[session.key] = session
                return SessionChanged(session)
            case "sample":
                percent = round(self.random.uniform(0, 100), 2)
                sample = Sample(machine=name, time_us=self._now_us(), cpu_percent=percent, load1=0.5)
                batch.samples.append((sample, 1))
                return Sampled(sample)
            case "event":
                event = Event(machine=name, kind=EventKind.LOCK, time_us=self._now_us(), key=self._key())
                batch.events[event.key] = event
                return EventAdded(event)
        user = self.random.choice(["alice", "root"])
        session = Session(key=self._key(), machine=name, user=user, login_us=self._now_us(), standing=Standing.LIVE)
        batch.sessions[session.key] = session
        return SessionChanged(session)

    def _now_us(self) -> int:
        self.clock.advance(0.1)
        return self.clock.now_us()

    def _key(self) -> bytes:
        self.keys += 1
        return self.keys.to_bytes(16)


def same(follower: Fleet, writer: Fleet) -> None:
    shown = [
        {name: msgspec.structs.replace(each, last_sample_us=0) for name, each in fleet.machines.items()}
        for fleet in (follower, writer)
    ]
    assert shown[0] == shown[1]
    assert follower.sessions == writer.sessions
    assert follower.sessions_of_user == writer.sessions_of_user
    assert follower.last_logins == writer.last_logins
    assert follower.samples == writer.samples
    assert follower.cpu_readings == writer.cpu_readings
    assert sorted(follower.events) == sorted(writer.events)


@pytest.mark.parametrize("seed", range(3))
async def test_a_follower_from_the_start_sees_what_the_writer_sees(opened: Open, clock: ManualClock, seed: int) -> None:
    writer, feed, simulation = await opened(), FollowFeed(await opened(), clock=clock), Simulation(clock, seed)
    follower = Fleet()
    everything = {name: machine(name) for name in ("web-01", "db-02", "app-03")}
    await writer.commit(WriteBatch(machines=everything))
    simulation.fleet.apply(Batch(0, 0, tuple(map(MachineChanged, everything.values()))))
    for _ in range(15):
        await writer.commit(simulation.step())
        if (batch := await feed.poll()) is not None:
            follower.apply(batch)
        same(follower, simulation.fleet)


@pytest.mark.parametrize("seed", range(3))
async def test_a_follower_that_comes_later_sees_the_same(opened: Open, clock: ManualClock, seed: int) -> None:
    writer, simulation = await opened(), Simulation(clock, seed)
    everything = {name: machine(name) for name in ("web-01", "db-02", "app-03")}
    await writer.commit(WriteBatch(machines=everything))
    simulation.fleet.apply(Batch(0, 0, tuple(map(MachineChanged, everything.values()))))
    for _ in range(15):
        await writer.commit(simulation.step())
    batch = await FollowFeed(await opened(), clock=clock).poll()
    assert batch is not None
    follower = Fleet()
    follower.apply(batch)
    same(follower, simulation.fleet)


async def test_nothing_new_is_no_batch(opened: Open, clock: ManualClock) -> None:
    writer, feed = await opened(), FollowFeed(await opened(), clock=clock)
    await writer.commit(WriteBatch(machines={"web-01": machine("web-01")}))
    assert await feed.poll() is not None
    assert await feed.poll() is None


async def test_a_machine_whose_writer_falls_silent_is_not_watched_until_it_is_back(
    opened: Open, clock: ManualClock
) -> None:
    writer, feed, fleet = await opened(), FollowFeed(await opened(), clock=clock), Fleet()
    await writer.commit(WriteBatch(machines={"web-01": machine("web-01")}))
    states = []
    for seconds, alive in ((1, False), (15, False), (1, False), (1, True)):
        clock.advance(seconds)
        if alive:
            await writer.beat()
        if (batch := await feed.poll()) is not None:
            fleet.apply(batch)
        states.append(fleet.machines["web-01"].state)
    unwatched = MachineState.NOT_WATCHED
    assert states == [MachineState.UP, unwatched, unwatched, MachineState.UP]


async def test_a_machine_whose_writer_ends_is_not_watched_at_once(opened: Open, clock: ManualClock) -> None:
    writer, feed, fleet = await opened(), FollowFeed(await opened(), clock=clock), Fleet()
    await writer.commit(WriteBatch(machines={"web-01": machine("web-01")}))
    for _ in range(2):
        batch = await feed.poll()
        assert batch is not None
        fleet.apply(batch)
        await writer.close()
    assert fleet.machines["web-01"].state is MachineState.NOT_WATCHED
    assert "has ended" in fleet.machines["web-01"].reason


async def test_a_machine_that_is_watched_no_longer_leaves(opened: Open, clock: ManualClock) -> None:
    writer, feed = await opened(), FollowFeed(await opened(), clock=clock)
    await writer.commit(WriteBatch(machines={name: machine(name) for name in ("web-01", "db-02")}))
    await feed.poll()
    await writer.commit(WriteBatch(removed={"web-01": clock.now_us()}))
    batch = await feed.poll()
    assert batch is not None
    assert batch.changes == (MachineRemoved("web-01"),)
    whole = await (await opened()).whole()
    assert [change.machine.name for change in whole.changes if isinstance(change, MachineChanged)] == ["db-02"]


async def test_imported_events_bring_no_machine_and_no_open_session_with_them(opened: Open, clock: ManualClock) -> None:
    writer = await opened()
    session = Session(key=b"k" * 16, machine="old-01", user="root", login_us=1, standing=Standing.HISTORY)
    await writer.commit(WriteBatch(sessions={session.key: session}))
    assert (await writer.whole()).changes == ()


async def test_a_store_that_cannot_be_read_is_a_notice_until_it_can(
    opened: Open, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail() -> None:
        raise StoreError("whotop.db: the disk cannot be read or written")

    writer, reader = await opened(), await opened()
    feed = FollowFeed(reader, clock=clock)
    await writer.commit(WriteBatch(machines={"web-01": machine("web-01")}))
    with monkeypatch.context() as patched:
        patched.setattr(reader, "collectors", fail)
        assert await feed.poll() is None
    assert feed.notices == ("whotop.db: the disk cannot be read or written",)
    assert await feed.poll() is not None
    assert not feed.notices


async def test_processes_cannot_be_asked_of_a_follower(store: Store, clock: ManualClock) -> None:
    session = Session(key=b"", machine="web-01", user="root", login_us=0)
    with pytest.raises(MachineError, match="only the whotop that polls web-01"):
        await FollowFeed(store, clock=clock).processes(session)


async def test_of_a_store_that_remembers_more_only_the_machines_asked_for_are_shown(
    opened: Open, clock: ManualClock
) -> None:
    writer, feed = await opened(), FollowFeed(await opened(), clock=clock, machines=["web-01"])
    await writer.commit(WriteBatch(machines={name: machine(name) for name in ("web-01", "db-02")}))
    for name in ("web-01", "db-02"):
        await writer.commit(WriteBatch(samples=[(Sample(machine=name, time_us=clock.now_us()), 0)]))
    batch = await feed.poll()
    assert batch is not None
    assert {machine_of(change) for change in batch.changes} == {"web-01"}


async def test_an_alert_over_several_machines_is_shown_to_whoever_shows_one_of_them(
    opened: Open, clock: ManualClock
) -> None:
    writer = await opened()
    of_both = Alert(
        key=b"alert---attack01",
        rule="failed",
        level=Level.HIGH,
        machine="",
        machines=("web-01", "db-02"),
        subject="",
        text="",
        opened_us=1,
        updated_us=1,
    )
    of_other = msgspec.structs.replace(of_both, key=b"alert---attack02", machines=("db-02",))
    await writer.commit(WriteBatch(alerts={alert.key: alert for alert in (of_both, of_other)}))
    batch = await FollowFeed(await opened(), clock=clock, machines={"web-01"}).poll()
    assert batch is not None
    assert [change for change in batch.changes if isinstance(change, AlertChanged)] == [AlertChanged(of_both)]


async def test_it_is_a_feed_like_any_other(store: Store, clock: ManualClock) -> None:
    feed: Feed = FollowFeed(store, clock=clock)
    assert feed.kind == "follow"
    assert await feed.history.events() == []


async def test_batches_begin_with_the_whole_fleet(store: Store, clock: ManualClock) -> None:
    await store.commit(WriteBatch(machines={"web-01": machine("web-01")}))
    feed = FollowFeed(store, clock=clock)
    feed.dismiss()  # A store that cannot be read is asked again and again, as long as somebody follows.
    batches = [batch async for batch in feed.batches()]
    assert [batch.changes for batch in batches] == [(MachineChanged(machine("web-01")),)], feed.notices

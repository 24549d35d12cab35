"""Changes gathered, and replicas that equal the fleet."""

from __future__ import annotations

import asyncio

import pytest

from whotop.clock import ManualClock
from whotop.core.feed import AnyChange, Batch, MachineChanged, MachineRemoved, Sampled, SessionChanged
from whotop.core.fleet import Fleet
from whotop.model import Machine, Outcome, Sample, Session
from whotop.monitor.publisher import Publisher


def machine(name: str) -> MachineChanged:
    return MachineChanged(Machine(name=name, address=name))


def session(number: int, outcome: Outcome = Outcome.OPEN) -> SessionChanged:
    key = bytes([number]) * 16
    return SessionChanged(
        Session(key=key, machine="web-01", user=f"user{number % 3}", login_us=number, outcome=outcome)
    )


CHANGES: list[AnyChange] = [
    machine("web-01"),
    machine("web-02"),
    *(session(number) for number in range(6)),
    Sampled(Sample(machine="web-01", time_us=5, cpu_percent=3.0)),
    *(session(number, Outcome.LOGOUT) for number in (1, 4, 5)),
    MachineRemoved("web-02"),
]


@pytest.fixture
async def publisher() -> Publisher:
    return Publisher(ManualClock(1))


async def replica_of(publisher: Publisher) -> Fleet:
    fleet = Fleet()
    async for batch in publisher.batches():
        fleet.apply(batch)
    return fleet


def told(batch: Batch) -> dict[str, list[AnyChange]]:
    """The changes of a batch by their kind, in an order of their own."""
    kinds: dict[str, list[AnyChange]] = {}
    for change in sorted(batch.changes, key=repr):
        kinds.setdefault(type(change).__name__, []).append(change)
    return kinds


async def test_changes_are_gathered_into_one_batch(publisher: Publisher) -> None:
    batches = publisher.batches()
    first = await anext(batches)
    for number in range(50):
        publisher.add(session(number))
    gathered = await anext(batches)
    assert (first.changes, len(gathered.changes)) == ((), 50)
    assert gathered.revision == first.revision + 1
    publisher.close()
    assert [batch async for batch in batches] == []


async def test_replicas_equal_the_fleet_whenever_they_began(publisher: Publisher) -> None:
    replicas = []
    for change in CHANGES:
        replicas.append(asyncio.create_task(replica_of(publisher)))
        await asyncio.sleep(0)
        publisher.add(change)
        publisher.flush()
    publisher.close()
    whole = told(publisher.fleet.whole())
    for replica in await asyncio.gather(*replicas):
        assert told(replica.whole()) == whole
        assert replica.revision == publisher.fleet.revision
        assert replica.sessions_of_user.keys() == publisher.fleet.sessions_of_user.keys()


async def test_a_quiet_fleet_publishes_nothing(publisher: Publisher) -> None:
    publisher.flush()
    assert publisher.fleet.revision == 0


async def test_whoever_comes_after_the_end_sees_the_last_of_it(publisher: Publisher) -> None:
    publisher.add(machine("web-01"))
    publisher.close()
    assert list((await replica_of(publisher)).machines) == ["web-01"]


async def test_a_fault_ends_every_stream_with_it(publisher: Publisher) -> None:
    running = asyncio.create_task(replica_of(publisher))
    await asyncio.sleep(0)
    publisher.close(RuntimeError("a fault of ours"))
    publisher.close()
    for stream in (running, replica_of(publisher)):
        with pytest.raises(RuntimeError, match="a fault of ours"):
            await stream

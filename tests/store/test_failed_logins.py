"""Failed logins are counted alike by whoever polls, whoever follows, and whoever starts anew."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable

import pytest

from whotop.clock import MINUTE_US, SECOND_US, ManualClock
from whotop.core.feed import Batch, EventAdded, FailuresCounted, MachineChanged
from whotop.core.fleet import EVENTS_KEPT, Fleet
from whotop.model import Event, EventKind, Machine, MachineState
from whotop.store.batch import WriteBatch
from whotop.store.follow import FollowFeed
from whotop.store.store import Store

Open = Callable[[], Awaitable[Store]]
NAMES = ("web-01", "db-02")


class Attacked:
    """Two machines and what is tried on them."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock, self.random = clock, random.Random(7)
        self.fleet = Fleet()
        self.made = 0

    def found(self) -> WriteBatch:
        """The machines themselves."""
        machines = {name: Machine(name=name, address=name, state=MachineState.UP) for name in NAMES}
        self.fleet.apply(Batch(1, self.clock.now_us(), tuple(map(MachineChanged, machines.values()))))
        return WriteBatch(machines=machines)

    def fail(self, count: int, hours: float = 20) -> WriteBatch:
        """So many failed logins within the last hours."""
        failures = [self._failure(self.random.uniform(0, hours * 3600)) for _ in range(count)]
        self.fleet.apply(Batch(2, self.clock.now_us(), tuple(map(EventAdded, failures))))
        return WriteBatch(events={event.key: event for event in failures})

    def _failure(self, ago_seconds: float) -> Event:
        self.made += 1
        return Event(
            key=self.made.to_bytes(16),
            kind=EventKind.FAILED_LOGIN,
            machine=self.random.choice(NAMES),
            user=self.random.choice(["root", "admin", "oracle"]),
            source=self.random.choice(["203.0.113.9", "198.51.100.66"]),
            tty=self.random.choice(["ssh:notty", "tty1"]),
            time_us=self.clock.now_us() - round(ago_seconds * SECOND_US),
        )


@pytest.fixture
def attacked(clock: ManualClock) -> Attacked:
    return Attacked(clock)


def counted(fleet: Fleet, now_us: int) -> object:
    """All that a screen tells of failed logins."""
    tallies = (
        (one.key, one.last_us, one.tty, one.counts.in_hour(now_us), one.counts.in_day(now_us))
        for one in fleet.failures.all.values()
    )
    return sorted(tallies), [fleet.failures.machine_total(name).in_hour(now_us) for name in NAMES]


async def test_a_follower_counts_what_the_writer_does(opened: Open, attacked: Attacked, clock: ManualClock) -> None:
    store, follower = await opened(), Fleet()
    await store.commit(attacked.found())
    await store.commit(attacked.fail(40))
    feed = FollowFeed(await opened(), clock=clock)
    for count in (25, 30):
        batch = await feed.poll()
        assert batch is not None
        follower.apply(batch)
        assert counted(follower, clock.now_us()) == counted(attacked.fleet, clock.now_us())
        clock.advance(61)
        await store.commit(attacked.fail(count))


async def test_more_failures_than_events_are_kept_are_counted_all_the_same(
    opened: Open, attacked: Attacked, clock: ManualClock
) -> None:
    store, follower = await opened(), Fleet()
    await store.commit(attacked.found())
    await store.commit(attacked.fail(2 * EVENTS_KEPT + 10))
    feed = FollowFeed(await opened(), clock=clock)
    batch = await feed.poll()
    assert batch is not None
    follower.apply(batch)
    assert counted(follower, clock.now_us()) == counted(attacked.fleet, clock.now_us())
    await store.commit(attacked.fail(EVENTS_KEPT + 10, hours=1))
    clock.advance(1)
    batch = await feed.poll()
    assert batch is not None
    follower.apply(batch)
    assert counted(follower, clock.now_us()) == counted(attacked.fleet, clock.now_us())


async def test_whoever_starts_anew_goes_on_counting(store: Store, attacked: Attacked, clock: ManualClock) -> None:
    await store.commit(attacked.found())
    await store.commit(attacked.fail(50))
    restored, fleet = await store.restore(NAMES), Fleet()
    changes = [FailuresCounted(machine, tallies) for machine, tallies in restored.failures.items()]
    fleet.apply(Batch(1, clock.now_us(), tuple(changes)))
    assert counted(fleet, clock.now_us()) == counted(attacked.fleet, clock.now_us())


async def test_yesterday_is_counted_no_more(store: Store, attacked: Attacked, clock: ManualClock) -> None:
    await store.commit(attacked.found())
    await store.commit(attacked.fail(5, hours=0.1))
    clock.advance(26 * 60 * MINUTE_US / SECOND_US)
    assert (await store.restore(NAMES)).failures == {}

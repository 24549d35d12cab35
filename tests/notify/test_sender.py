"""Sending: singly or as one, again after a failure, given up when it is refused or too old."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from datetime import UTC
from typing import Any

import pytest

from tests.notify.conftest import NOON_US
from tests.notify.nouns import message
from whotop.clock import MINUTE_US, SECOND_US, ManualClock
from whotop.config.notify_settings import NotifyTable
from whotop.model.delivery import CLAIMED_AT_ONCE, Channel, Delivery, DeliveryKind
from whotop.notify.pace import LONGEST_RETRY_US, retry_us
from whotop.notify.queue import MemoryQueue
from whotop.notify.route import Outcome
from whotop.notify.sender import Sender


class FakeRoute:
    """Takes messages, or says why not."""

    def __init__(self, channel: Channel = Channel.MAIL, target: str = "") -> None:
        self.channel, self.target = channel, target
        self.taken: list[Delivery] = []
        self.took = asyncio.Event()
        self.error = ""
        self.is_final = False
        self.hangs = False

    async def send(self, deliveries: Sequence[Delivery]) -> AsyncGenerator[Outcome, None]:
        for delivery in deliveries:
            if self.hangs:
                await asyncio.Event().wait()
            if not self.error:
                self.taken.append(delivery)
                self.took.set()
            yield Outcome(delivery=delivery, error=self.error, is_final=self.is_final)


@pytest.fixture
def queue() -> MemoryQueue:
    return MemoryQueue()


@pytest.fixture
def route() -> FakeRoute:
    return FakeRoute()


@pytest.fixture
def sender(queue: MemoryQueue, route: FakeRoute, clock: ManualClock) -> Sender:
    return sender_of([route], queue, clock)


def sender_of(routes: list[FakeRoute], queue: MemoryQueue, clock: ManualClock, **fields: Any) -> Sender:
    return Sender(routes, queue, NotifyTable(**fields), UTC, clock, chance=lambda: 0.5)


def subjects(route: FakeRoute) -> list[str]:
    return [delivery.subject.removeprefix("[whotop] ") for delivery in route.taken]


async def test_a_message_is_sent_once(sender: Sender, queue: MemoryQueue, route: FakeRoute) -> None:
    queue.add([message()])
    await sender.drain()
    await sender.drain()
    assert subjects(route) == ["message 1"]


async def test_a_few_go_each_by_itself(sender: Sender, queue: MemoryQueue, route: FakeRoute) -> None:
    queue.add(message(number) for number in range(5))
    await sender.drain()
    assert subjects(route) == [f"message {number}" for number in range(5)]


async def test_many_at_once_to_one_target_go_as_one_that_lists_them(
    sender: Sender, queue: MemoryQueue, route: FakeRoute
) -> None:
    queue.add([*(message(number) for number in range(8)), message(9, "dba@example.org")])
    await sender.drain()
    assert subjects(route) == ["8 messages on web-01", "message 9"]
    digest = route.taken[0]
    assert digest.body.count("message ") == 8
    assert digest.kind is DeliveryKind.DIGEST
    assert all(not delivery.is_waiting for delivery in queue.deliveries.values())


async def test_what_comes_within_the_minute_after_many_waits_and_goes_as_one(
    sender: Sender, queue: MemoryQueue, route: FakeRoute, clock: ManualClock
) -> None:
    queue.add(message(number) for number in range(5))
    await sender.drain()
    queue.add(message(number) for number in range(10, 13))
    await sender.drain()
    assert len(route.taken) == 5
    clock.advance(60)
    await sender.drain()
    assert subjects(route)[5:] == ["message 10", "message 11", "message 12"]


async def test_more_than_the_minute_has_room_for_go_as_one(
    sender: Sender, queue: MemoryQueue, route: FakeRoute
) -> None:
    queue.add(message(number) for number in range(3))
    await sender.drain()
    queue.add(message(number) for number in range(10, 14))
    await sender.drain()
    assert subjects(route)[3:] == ["4 messages on web-01"]


async def test_security_events_are_never_put_together(sender: Sender, queue: MemoryQueue, route: FakeRoute) -> None:
    queue.add(message(number, kind=DeliveryKind.EVENTS) for number in range(20))
    await sender.drain()
    assert len(route.taken) == 20


async def test_security_events_hold_up_no_alert(sender: Sender, queue: MemoryQueue, route: FakeRoute) -> None:
    queue.add(message(number, kind=DeliveryKind.EVENTS) for number in range(20))
    await sender.drain()
    queue.add([message(99)])
    await sender.drain()
    assert subjects(route)[-1] == "message 99"


async def test_more_than_can_be_taken_in_hand_at_once_is_sent_in_turns(
    queue: MemoryQueue, route: FakeRoute, clock: ManualClock
) -> None:
    sender = sender_of([route], queue, clock)
    queue.add(message(number, kind=DeliveryKind.EVENTS) for number in range(CLAIMED_AT_ONCE + 1))
    running = asyncio.create_task(sender.run())
    while len(route.taken) <= CLAIMED_AT_ONCE:
        route.took.clear()
        await route.took.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert len({delivery.key for delivery in route.taken}) == len(route.taken)


async def test_while_nothing_is_taken_nothing_is_lost_and_then_nothing_is_doubled(
    sender: Sender, queue: MemoryQueue, route: FakeRoute
) -> None:
    route.error = "mail.example.org:587: Connection refused"
    queue.add([message(1), message(2)])
    for _ in range(5):
        await sender.drain()
    assert sender.troubles == ["not sent yet: mail.example.org:587: Connection refused"]
    assert [delivery.attempts for delivery in queue.deliveries.values()] == [5, 5]
    route.error = ""
    for _ in range(5):
        await sender.drain()
    assert subjects(route) == ["message 1", "message 2"]
    assert sender.troubles == []


async def test_what_is_refused_for_good_is_given_up_and_told(
    sender: Sender, queue: MemoryQueue, route: FakeRoute, clock: ManualClock
) -> None:
    route.error, route.is_final = "mail.example.org:587: refuses x@example.org: 550 no such user", True
    queue.add([message(1, "x@example.org")])
    await sender.drain()
    (delivery,) = queue.deliveries.values()
    assert (delivery.given_up_us, delivery.is_waiting) == (NOON_US, False)
    assert sender.troubles == [f"given up: [whotop] message 1: {route.error}"]
    clock.advance(3601)
    assert sender.troubles == []


async def test_what_has_waited_for_too_long_is_given_up_and_told(
    sender: Sender, queue: MemoryQueue, route: FakeRoute, clock: ManualClock
) -> None:
    route.error = "mail.example.org:587: Connection refused"
    queue.add([message()])
    clock.advance(5 * 86_400 + 1)
    await sender.drain()
    assert next(iter(queue.deliveries.values())).given_up_us == clock.now_us()


async def test_it_is_tried_again_when_it_is_due_and_not_before(
    sender: Sender, queue: MemoryQueue, route: FakeRoute, clock: ManualClock
) -> None:
    route.error = "no answer"
    queue.add([message()])
    await sender.drain()
    due = await queue.claim(Channel.MAIL, "", NOON_US + 29 * SECOND_US, NOON_US)
    assert due == []
    assert len(await queue.claim(Channel.MAIL, "", NOON_US + 30 * SECOND_US, NOON_US)) == 1


def test_pauses_double_up_to_half_an_hour_and_are_spread() -> None:
    pauses = [retry_us(attempts, 0, lambda: 0.5) // SECOND_US for attempts in range(1, 9)]
    assert pauses == [30, 60, 120, 240, 480, 960, 1800, 1800]
    assert retry_us(10_000, 0, lambda: 1.0) == LONGEST_RETRY_US * 1.2
    assert retry_us(10_000, 0, lambda: 0.0) == LONGEST_RETRY_US * 0.8


async def test_a_target_that_hangs_holds_up_no_other(queue: MemoryQueue, clock: ManualClock) -> None:
    hanging, other = FakeRoute(Channel.CHAT, "pager"), FakeRoute()
    hanging.hangs = True
    sender = sender_of([hanging, other], queue, clock)
    queue.add([message(1, "pager", channel=Channel.CHAT), message(2)])
    running = asyncio.create_task(sender.run())
    await other.took.wait()
    assert subjects(other) == ["message 2"]
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert len(await queue.claim(Channel.CHAT, "pager", NOON_US, NOON_US)) == 1


async def test_a_running_sender_is_told_of_what_is_queued(
    sender: Sender, queue: MemoryQueue, route: FakeRoute, clock: ManualClock
) -> None:
    running = asyncio.create_task(sender.run())
    await asyncio.sleep(0)
    queue.add([message()])
    sender.expect(clock.now_us())
    await route.took.wait()
    await sender.close(1)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_store_that_cannot_be_read_ends_nothing(route: FakeRoute, clock: ManualClock) -> None:
    from whotop.errors import StoreError

    class Broken(MemoryQueue):
        async def claim(self, *_arguments: object) -> list[Delivery]:
            raise StoreError("the disk is full")

    await sender_of([route], Broken(), clock).drain()
    assert route.taken == []


async def test_a_digest_that_could_not_be_sent_is_tried_again_as_it_is(
    sender: Sender, queue: MemoryQueue, route: FakeRoute, clock: ManualClock
) -> None:
    route.error = "no answer"
    queue.add(message(number) for number in range(8))
    await sender.drain()
    route.error = ""
    clock.advance(MINUTE_US / SECOND_US)
    queue.add([message(9)])
    await sender.drain()
    assert sorted(subjects(route)) == ["8 messages on web-01", "message 9"]


def opening_and_end(seconds: float) -> list[Delivery]:
    """An alert that is over so long after it opened."""
    over_us = NOON_US + round(seconds * SECOND_US)
    return [
        message(1, alert=b"one", kind=DeliveryKind.OPEN, created_us=NOON_US),
        message(2, alert=b"one", kind=DeliveryKind.RESOLVE, created_us=over_us),
    ]


async def test_what_is_over_at_once_is_told_once(sender: Sender, queue: MemoryQueue, route: FakeRoute) -> None:
    queue.add(opening_and_end(1))
    await sender.drain()
    await sender.drain()
    assert subjects(route) == ["message 2"]


async def test_what_stood_for_a_while_is_told_twice(sender: Sender, queue: MemoryQueue, route: FakeRoute) -> None:
    queue.add(opening_and_end(3))
    await sender.drain()
    assert subjects(route) == ["message 1", "message 2"]

"""Messages that nobody sends any more, since their target is gone from the configuration."""

from __future__ import annotations

from datetime import UTC

import pytest

from tests.notify.nouns import message
from tests.notify.test_sender import FakeRoute
from whotop.clock import ManualClock
from whotop.config.notify_settings import NotifyTable
from whotop.model.delivery import Channel
from whotop.notify.queue import MemoryQueue
from whotop.notify.sender import Sender

DAY_SECONDS = 86_400.0


def sender(queue: MemoryQueue, clock: ManualClock, *routes: FakeRoute) -> Sender:
    return Sender(routes, queue, NotifyTable(), UTC, clock)


async def given_up(queue: MemoryQueue, clock: ManualClock, *routes: FakeRoute) -> dict[str, str]:
    await sender(queue, clock, *routes).drain()
    return {one.target: one.last_error for one in queue.deliveries.values() if one.given_up_us is not None}


async def test_after_a_day_they_are_given_up_in_one_line_for_each_target(
    clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    queue = MemoryQueue()
    queue.add(message(number, channel=Channel.CHAT, target="old") for number in range(3))
    clock.advance(DAY_SECONDS + 60)
    assert await given_up(queue, clock) == {"old": "no such target is configured any longer"}
    assert caplog.messages == ["given up, to old: 3 messages: no such target is configured any longer"]


async def test_before_that_another_process_may_know_their_target(clock: ManualClock) -> None:
    queue = MemoryQueue()
    queue.add([message(channel=Channel.CHAT, target="old")])
    clock.advance(DAY_SECONDS - 60)
    assert await given_up(queue, clock) == {}


async def test_those_of_a_chat_that_is_configured_are_none(clock: ManualClock) -> None:
    queue, chat = MemoryQueue(), FakeRoute(Channel.CHAT, "ops")
    chat.error = "it is down"
    queue.add([message(channel=Channel.CHAT, target="ops")])
    clock.advance(DAY_SECONDS + 60)
    assert await given_up(queue, clock, chat) == {}


async def test_mail_strays_where_no_server_is_configured(clock: ManualClock) -> None:
    queue = MemoryQueue()
    queue.add([message()])
    clock.advance(DAY_SECONDS + 60)
    assert list((await given_up(queue, clock)).values()) == ["no mail server is configured any longer"]

"""The queue of messages: queued with their alerts, sent by one process, and a record of what became of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from whotop.clock import DAY_US, MINUTE_US, SECOND_US, ManualClock
from whotop.core.keys import key_of
from whotop.errors import StoreError
from whotop.model import Alert, Event, EventKind, Level, Origin
from whotop.model.delivery import Channel, Delivery, DeliveryKind
from whotop.store.batch import WriteBatch
from whotop.store.deliveries import CLAIM_US
from whotop.store.retention import RetentionSettings
from whotop.store.store import Store, open_store
from whotop.store.writer import StoreWriter

NOON_US = 1_763_726_400_000_000
WHENEVER_US = 2**62
Open = Callable[[], Awaitable[Store]]
ALERT = Alert(
    key=b"alert-of-web-one", rule="cpu", level=Level.WARN, machine="web-01", subject="", text="cpu 97% over 90%",
    opened_us=NOON_US, updated_us=NOON_US,
)  # fmt: skip


def message(number: int = 1, target: str = "ops@example.org", channel: Channel = Channel.MAIL) -> Delivery:
    return Delivery(
        key=key_of("test", number),
        channel=channel,
        target=target,
        kind=DeliveryKind.OPEN,
        alert=ALERT.key,
        machine="web-01",
        subject=f"message {number}",
        body="Hello.\n",
        created_us=NOON_US + number,
        due_us=NOON_US,
    )


async def queue(store: Store, *messages: Delivery) -> None:
    await store.commit(WriteBatch(alerts={ALERT.key: ALERT}, deliveries={one.key: one for one in messages}))


async def claimed(store: Store, now_us: int = NOON_US, target: str = "") -> list[str]:
    return [one.subject for one in await store.deliveries.claim(Channel.MAIL, target, WHENEVER_US, now_us)]


async def test_a_message_is_queued_with_its_alert_or_neither_is(store: Store) -> None:
    broken = replace(message(2), attempts=None)
    batch = WriteBatch(alerts={ALERT.key: ALERT}, deliveries={b"1": message(1), b"2": broken})
    with pytest.raises(StoreError):
        await store.commit(batch)
    assert await claimed(store) == []
    assert (await store.restore(["web-01"])).alerts == []


async def test_the_same_message_is_queued_once(store: Store) -> None:
    await queue(store, message())
    await store.deliveries.sent(message().key, NOON_US)
    await queue(store, message())
    assert await claimed(store) == []


async def test_what_is_claimed_is_sent_by_nobody_else_until_the_claim_ends(opened: Open) -> None:
    first, second = await opened(), await opened()
    await queue(first, message())
    assert await claimed(first) == ["message 1"]
    assert await claimed(second) == []
    assert await claimed(second, NOON_US + CLAIM_US) == ["message 1"]


async def test_what_is_released_may_be_claimed_at_once(opened: Open) -> None:
    first, second = await opened(), await opened()
    await queue(first, message())
    await claimed(first)
    await first.deliveries.release([message().key])
    assert await claimed(second) == ["message 1"]


async def test_only_what_is_due_is_claimed(store: Store) -> None:
    await queue(store, message(), replace(message(2), due_us=NOON_US + MINUTE_US))
    due = await store.deliveries.claim(Channel.MAIL, "", NOON_US, NOON_US)
    assert [one.subject for one in due] == ["message 1"]


async def test_channels_and_targets_are_claimed_apart(store: Store) -> None:
    await queue(store, message(1), message(2, "dba@example.org"), message(3, "pager", Channel.CHAT))
    assert await claimed(store, target="dba@example.org") == ["message 2"]
    assert await claimed(store) == ["message 1"]


async def test_what_failed_waits_until_it_is_due_with_its_reason(store: Store) -> None:
    await queue(store, message())
    await claimed(store)
    await store.deliveries.failed(message().key, "mail.example.org:587: no answer within 30 s", NOON_US + MINUTE_US)
    (waiting,) = await store.deliveries.waiting(10)
    assert (waiting.attempts, waiting.last_error) == (1, "mail.example.org:587: no answer within 30 s")
    assert await store.deliveries.claim(Channel.MAIL, "", NOON_US, NOON_US) == []
    assert await claimed(store) == ["message 1"]


async def test_what_is_given_up_is_kept_and_told(store: Store) -> None:
    await queue(store, message())
    await store.deliveries.give_up(message().key, "550 no such user", NOON_US + SECOND_US)
    (given_up,) = await store.deliveries.given_up(NOON_US, 10)
    assert (given_up.last_error, given_up.given_up_us) == ("550 no such user", NOON_US + SECOND_US)
    assert await store.deliveries.waiting(10) == []


async def test_strays_are_what_is_overdue_for_targets_that_nobody_knows(store: Store) -> None:
    chats = [message(number, name, Channel.CHAT) for number, name in enumerate(("ops", "old", "old"))]
    await queue(store, *chats, message(9))
    overdue_us = NOON_US + 1_000_000
    assert [one.target for one in await store.deliveries.strays(Channel.CHAT, ["ops"], overdue_us)] == ["old", "old"]
    assert await store.deliveries.strays(Channel.CHAT, ["ops"], NOON_US - 1) == []
    assert len(await store.deliveries.strays(Channel.MAIL, [], overdue_us)) == 1


async def test_a_digest_takes_the_place_of_what_it_carries(opened: Open) -> None:
    first, second = await opened(), await opened()
    await queue(first, message(1), message(2))
    await claimed(first)
    digest = replace(message(3), kind=DeliveryKind.DIGEST, alert=b"", subject="2 messages")
    await first.deliveries.merge(digest, [message(1).key, message(2).key], NOON_US)
    assert await claimed(second) == []
    assert await claimed(second, NOON_US + CLAIM_US) == ["2 messages"]
    await second.deliveries.sent(digest.key, NOON_US + 1)
    assert [one.sent_us for one in await first.history.deliveries(ALERT.key)] == [NOON_US + 1] * 2


async def test_a_writer_hands_messages_over_with_everything_else(store: Store, clock: ManualClock) -> None:
    writer = StoreWriter(store, clock=clock)
    writer.alert(ALERT)
    writer.delivery(message())
    await writer.flush()
    assert [one.alert for one in await store.deliveries.of_alerts([ALERT.key])] == [ALERT.key]


async def test_messages_leave_with_the_events_but_never_while_they_wait(place: Path, clock: ManualClock) -> None:
    store = await open_store(place, clock=clock, retention=RetentionSettings(event_seconds=3600))
    await queue(store, message(1), message(2))
    await store.deliveries.sent(message(1).key, NOON_US)
    await store.expire(NOON_US + DAY_US)
    assert await claimed(store) == ["message 2"]
    assert len(await store.history.deliveries(ALERT.key)) == 1
    await store.close()


async def test_security_events_that_were_not_mailed_yet_are_found_again(store: Store) -> None:
    def event(number: int, origin: Origin = Origin.EVENT_LOG) -> Event:
        return Event(
            machine="dc-01", kind=EventKind.LOGIN, time_us=NOON_US + number, user=f"user{number}", origin=origin,
            seen_us=NOON_US + number, key=key_of("event", number),
        )  # fmt: skip

    events = [event(1), event(2), event(3, Origin.LOGIND)]
    mail = replace(message(9), kind=DeliveryKind.EVENTS, machine="dc-01", created_us=NOON_US + 1)
    await store.commit(WriteBatch(events={each.key: each for each in events}))
    assert len(await store.deliveries.unmailed_events(["dc-01"], {}, NOON_US)) == 2
    await store.commit(WriteBatch(deliveries={mail.key: mail}))
    mailed_us = await store.deliveries.events_mailed_us()
    assert mailed_us == {"dc-01": NOON_US + 1}
    assert [each.user for each in await store.deliveries.unmailed_events(["dc-01", "x"], mailed_us, NOON_US)] == [
        "user2"
    ]

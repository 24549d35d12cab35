"""Events handed to all who listen."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.tui.small_fleet import event
from whotop.core.fleet import EVENTS_KEPT
from whotop.core.query import Query, parse_query
from whotop.model import Event, EventKind
from whotop.web import hub as hub_module
from whotop.web.hub import QUEUED_BYTES_MAX, Hub, pieces_of
from whotop.web.refusal import Refusal
from whotop.web.rows import EVENT_FIELDS

EVERYTHING = parse_query("", EVENT_FIELDS)
SOON = 0.01


def login(number: int, user: str = "alice") -> Event:
    return event(number, EventKind.LOGIN, "web-01", 0, user)


def of(user: str) -> Query:
    return parse_query(f"user:{user}", EVENT_FIELDS)


def users(piece: bytes) -> list[str]:
    """Whose events a piece of the stream tells of."""
    return [json.loads(line[6:])["user"] for line in piece.splitlines() if line.startswith(b"data: ")]


async def test_what_is_published_reaches_everybody_and_is_encoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    encoded: list[int] = []

    def counted(events: list[Event], revision: int) -> bytes:
        encoded.append(revision)
        return pieces_of(events, revision)

    monkeypatch.setattr(hub_module, "pieces_of", counted)
    hub = Hub(listeners_max=100)
    listeners = [hub.join(EVERYTHING) for _ in range(50)]
    hub.publish(7, [login(1), login(2, "bob")])
    pieces = {await listener.next_piece(SOON) for listener in listeners}
    assert [users(piece) for piece in pieces] == [["alice", "bob"]]
    assert encoded == [7]


async def test_the_last_message_of_a_batch_carries_its_revision() -> None:
    lines = pieces_of([login(1), login(2)], 7).splitlines()
    assert [line[:3] for line in lines] == [b"dat", b"", b"id:", b"dat", b""]
    assert lines[2] == b"id: 7"


async def test_each_hears_what_its_filter_finds() -> None:
    hub = Hub(listeners_max=2)
    alice, bob = hub.join(of("alice")), hub.join(of("bob"))
    hub.publish(1, [login(1), login(2, "bob"), login(3)])
    hub.publish(2, [login(4)])
    assert users(await alice.next_piece(SOON)) == ["alice"] * 3
    assert users(await bob.next_piece(SOON)) == ["bob"]


async def test_who_waits_is_woken() -> None:
    hub = Hub(listeners_max=1)
    listener = hub.join(EVERYTHING)
    waiting = asyncio.create_task(listener.next_piece(5))
    await asyncio.sleep(0)
    hub.publish(1, [login(1)])
    assert users(await waiting) == ["alice"]


async def test_when_nothing_comes_nothing_is_told() -> None:
    assert await Hub(listeners_max=1).join(EVERYTHING).next_piece(0.001) == b""


async def test_who_does_not_read_is_cut_off_and_the_others_are_not() -> None:
    hub = Hub(listeners_max=2)
    slow, quick = hub.join(EVERYTHING), hub.join(EVERYTHING)
    batch = [login(number, "x" * 200) for number in range(1_000)]
    for revision in range(6):
        hub.publish(revision, batch)
        assert len(await quick.next_piece(SOON)) < QUEUED_BYTES_MAX
    assert (slow.is_cut, quick.is_cut) == (True, False)
    assert await slow.next_piece(SOON) == b""
    hub.leave(EVERYTHING, slow)
    assert (hub.count, hub.cut_count) == (1, 1)


async def test_a_flood_of_events_sends_everybody_to_the_store() -> None:
    hub = Hub(listeners_max=1)
    listener = hub.join(EVERYTHING)
    hub.publish(3, [login(number) for number in range(EVENTS_KEPT)])
    assert listener.is_cut


async def test_only_so_many_may_listen() -> None:
    hub = Hub(listeners_max=1)
    first = hub.join(EVERYTHING)
    with pytest.raises(Refusal) as refused:
        hub.join(of("alice"))
    assert refused.value.status == 503
    hub.leave(EVERYTHING, first)
    assert hub.join(of("alice")).since_revision == 0

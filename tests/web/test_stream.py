"""The stream of events: what was missed, then what comes, until the client is gone or too slow."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.types import Message

from tests.tui.small_fleet import event
from tests.web.world import World
from whotop.core.feed import EventAdded
from whotop.core.query import parse_query
from whotop.model import EventKind
from whotop.web import stream
from whotop.web.rows import EVENT_FIELDS
from whotop.web.stream import messages


def listen(small: World, where: str = "", after: int | None = None) -> AsyncIterator[bytes]:
    return messages(parse_query(where, EVENT_FIELDS), after, small.sources)


def told(piece: bytes) -> list[tuple[str | None, str]]:
    """The id and the user of each message."""
    found, revision = [], None
    for line in piece.decode().splitlines():
        if line.startswith("id: "):
            revision = line[4:]
        elif line.startswith("data: "):
            found.append((revision, json.loads(line[6:])["user"]))
            revision = None
    return found


def login(number: int, user: str) -> EventAdded:
    return EventAdded(event(number, EventKind.LOGIN, "web-01", 0, user))


async def test_a_stream_begins_now(small: World) -> None:
    stream = listen(small)
    assert await anext(stream) == b"retry: 2000\n\n"
    coming = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    await small.publish(login(900, "zoe"), login(901, "yan"))
    assert told(await coming) == [(None, "zoe"), ("2", "yan")]
    await stream.aclose()  # type: ignore[attr-defined]
    assert small.hub.count == 0


async def test_who_comes_back_gets_what_was_missed_once_and_in_order(small: World) -> None:
    small.events.kept = [(2, login(1, "a").event), (3, login(2, "b").event), (3, login(3, "c").event)]
    await small.publish(login(1, "a"))
    await small.publish(login(2, "b"), login(3, "c"))
    stream = listen(small, after=1)
    await anext(stream)
    await small.publish(login(4, "d"))
    pieces = [await anext(stream) for _ in range(3)]
    assert [told(piece) for piece in pieces] == [[("2", "a")], [(None, "b"), ("3", "c")], [("4", "d")]]
    await stream.aclose()  # type: ignore[attr-defined]


async def test_what_was_missed_is_filtered_as_well(small: World) -> None:
    small.events.kept = [(2, login(1, "a").event), (2, login(2, "b").event)]
    await small.publish(login(1, "a"), login(2, "b"))
    stream = listen(small, "user:b", after=0)
    await anext(stream)
    assert told(await anext(stream)) == [("2", "b")]
    await stream.aclose()  # type: ignore[attr-defined]


async def test_silence_is_broken_for_the_sake_of_proxies(small: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "PATIENCE_SECONDS", 0.001)
    listening = listen(small)
    await anext(listening)
    assert await anext(listening) == b": still here\n\n"
    await listening.aclose()  # type: ignore[attr-defined]


async def test_a_listener_that_is_cut_off_hears_the_end(small: World) -> None:
    listening = listen(small)
    await anext(listening)
    small.hub.cut_all()
    assert [piece async for piece in listening if piece] == []
    assert small.hub.cut_count == 1


async def test_the_answer_is_a_stream_of_events_until_the_client_is_gone(small: World) -> None:
    sent: list[Message] = []
    begun, gone = asyncio.Event(), asyncio.Event()

    async def receive() -> Message:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)
        if message.get("body"):
            begun.set()

    headers = [(b"host", b"localhost")]
    scope = {"type": "http", "method": "GET", "path": "/events/stream", "query_string": b"", "headers": headers}
    answering = asyncio.ensure_future(small.application({**scope, "client": ("127.0.0.1", 1)}, receive, send))
    await begun.wait()
    await small.publish(login(900, "zoe"))
    gone.set()
    await answering
    assert dict(sent[0]["headers"])[b"content-type"].startswith(b"text/event-stream")
    assert told(b"".join(message.get("body", b"") for message in sent[1:])) == [("2", "zoe")]
    assert small.hub.count == 0


@pytest.mark.parametrize(
    ("address", "header"),
    [
        ("?after=-1", ""),
        ("?after=soon", ""),
        ("?where=colour:red", ""),
        ("", "soon"),
        ("", "-1"),
        ("", "1" * 40),
        ("", "٣"),
    ],
)
async def test_what_makes_no_sense_is_refused(client: httpx.AsyncClient, address: str, header: str) -> None:
    headers = [(b"last-event-id", header.encode())] if header else []
    response = await client.get(f"/events/stream{address}", headers=headers)
    assert response.status_code == 400
    assert response.json()["error"]["message"]

"""The server itself, on a real socket: what a client may do to it, and how it ends."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.tui.small_fleet import event, whole_fleet
from tests.web.world import World
from whotop.core.feed import EventAdded
from whotop.core.usage import UsageQuestion, UsageReport
from whotop.errors import UsageError, WhotopError
from whotop.model import EventKind
from whotop.web import connection
from whotop.web import server as server_module
from whotop.web.server import check_settings, listening_socket, serve, url_of
from whotop.web.settings import ServeSettings

HERE = ServeSettings(port=0)
PATIENCE_SECONDS = 60.0


class Served:
    """A server of the small fleet."""

    def __init__(self, world: World, port: int, done: asyncio.Task[None]) -> None:
        self.world, self.port, self.done = world, port, done

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Somebody who connects, and takes what comes."""
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def connect_and_sleep(self, text: str) -> socket.socket:
        """Somebody who asks, and takes nothing of the answer."""
        plain = socket.socket()
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        plain.setblocking(False)
        await asyncio.get_running_loop().sock_connect(plain, ("127.0.0.1", self.port))
        plain.send(text.encode())
        return plain

    async def ask(self, text: str) -> tuple[str, str]:
        """Send ``text``, and take head and body of what comes until the connection ends."""
        reader, writer = await self.connect()
        writer.write(text.encode())
        answer = (await asyncio.wait_for(reader.read(), PATIENCE_SECONDS)).decode()
        writer.close()
        head, _, body = answer.partition("\r\n\r\n")
        return head, body


@asynccontextmanager
async def server(*works: Callable[[], Coroutine[Any, Any, None]]) -> AsyncIterator[Served]:
    made = World()
    with listening_socket(HERE) as listening:
        done = asyncio.create_task(serve(made.sources, HERE, listening, *works))
        await made.publish(*whole_fleet())
        served = Served(made, listening.getsockname()[1], done)
        try:
            yield served
        finally:
            if not done.done():
                os.kill(os.getpid(), signal.SIGTERM)
                await asyncio.wait_for(done, PATIENCE_SECONDS)


def get(path: str) -> str:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


async def test_it_answers_and_says_nothing_of_itself() -> None:
    async with server() as served:
        head, body = await served.ask(get("/users"))
        assert head.startswith("HTTP/1.1 200")
        assert "server:" not in head.lower()
        assert json.loads(body)["total"] == 5


@pytest.mark.parametrize(
    "text", ["NONSENSE\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nb\r\n\r\n"]
)
async def test_what_is_no_http_is_refused_in_json(text: str) -> None:
    async with server() as served:
        head, body = await served.ask(text)
        assert head.startswith("HTTP/1.1 400")
        assert json.loads(body)["error"]["status"] == 400


async def test_a_head_without_end_is_refused() -> None:
    async with server() as served:
        head, body = await served.ask("GET / HTTP/1.1\r\nX: " + "x" * 40_000)
        assert head.startswith("HTTP/1.1 4")
        assert json.loads(body)["error"]["message"]


@pytest.mark.parametrize("beginning", ["", "GET /users HTTP/1.1\r\nHost: loc"])
async def test_whoever_does_not_finish_asking_is_hung_up_on(monkeypatch: pytest.MonkeyPatch, beginning: str) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.05)
    async with server() as served:
        reader, writer = await served.connect()
        writer.write(beginning.encode())
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await asyncio.wait_for(reader.readexactly(1), PATIENCE_SECONDS)
        writer.close()


async def test_only_so_many_connections_are_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "CONNECTIONS_MAX", 1)
    async with server() as served:
        _, first = await served.connect()
        reader, second = await served.connect()
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await asyncio.wait_for(reader.readexactly(1), PATIENCE_SECONDS)
        first.close()
        second.close()


async def test_a_slow_reader_of_the_stream_is_cut_off_and_the_others_hear_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection, "READER_SECONDS", 0.1)
    async with server() as served:
        slow = await served.connect_and_sleep(get("/events/stream"))
        reader, quick = await served.connect()
        quick.write(get("/events/stream").encode())
        await reader.readuntil(b"retry: 2000\n\n")
        heard = asyncio.create_task(_hear(reader, 80 * 100))
        for batch in range(80):
            events = [event(batch * 100 + n, EventKind.LOGIN, "web-01", 0, "x" * 250) for n in range(100)]
            await served.world.publish(*map(EventAdded, events))
            await asyncio.sleep(0.001)
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert await heard == 80 * 100
            while served.world.hub.count > 1:  # noqa: ASYNC110 - nobody is told when a connection is given up
                await asyncio.sleep(0.01)
        slow.close()
        quick.close()


async def _hear(reader: asyncio.StreamReader, count: int) -> int:
    heard = 0
    while heard < count and (line := await reader.readline()):
        heard += line.startswith(b"data: ")
    return heard


async def test_a_signal_ends_it_with_all_its_streams() -> None:
    async with server() as served:
        reader, writer = await served.connect()
        writer.write(get("/events/stream").encode())
        await reader.readuntil(b"retry: 2000\n\n")
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(served.done, PATIENCE_SECONDS)
        assert b"data" not in await reader.read()
        writer.close()


async def test_when_it_has_ended_nothing_more_is_asked_of_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "GRACE_SECONDS", 0)
    began, ended = asyncio.Event(), asyncio.Event()

    async def endless(question: UsageQuestion) -> UsageReport:
        began.set()
        try:
            return await asyncio.Future[UsageReport]()
        finally:
            ended.set()

    async with server() as served:
        monkeypatch.setattr(served.world.sources.usage, "_ask", endless)
        _, writer = await served.connect()
        writer.write(get("/usage/raw").encode())
        await began.wait()
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(served.done, PATIENCE_SECONDS)
        assert ended.is_set()
        writer.close()


async def test_a_fault_of_what_runs_beside_it_ends_it() -> None:
    async def faulty() -> None:
        raise WhotopError("the polling broke down")

    async with server(faulty) as served:
        with pytest.raises(WhotopError, match="broke down"):
            await asyncio.wait_for(served.done, PATIENCE_SECONDS)


def test_an_address_that_others_reach_needs_a_token() -> None:
    with pytest.raises(UsageError, match=r"0\.0\.0\.0 can be reached by others, so a token is needed"):
        check_settings(ServeSettings(address="0.0.0.0"))
    check_settings(ServeSettings(address="0.0.0.0", token="x" * 16))


def test_a_short_token_is_refused() -> None:
    with pytest.raises(UsageError, match="the token has 15 characters: at least 16"):
        check_settings(ServeSettings(token="x" * 15))


def test_a_place_that_is_taken_is_named() -> None:
    with listening_socket(HERE) as first:
        port = first.getsockname()[1]
        with pytest.raises(WhotopError, match=rf"cannot listen on 127\.0\.0\.1 port {port}"):
            listening_socket(ServeSettings(port=port))


def test_an_address_that_is_none_is_named() -> None:
    with pytest.raises(WhotopError, match=r"cannot listen on nowhere\.invalid"):
        listening_socket(ServeSettings(address="nowhere.invalid", port=0))


def test_the_page_has_a_url() -> None:
    with listening_socket(HERE) as listening:
        port = listening.getsockname()[1]
        assert url_of(HERE, listening) == f"http://127.0.0.1:{port}/usage"
        assert url_of(ServeSettings(address="::1", certificate="x"), listening) == f"https://[::1]:{port}/usage"


def test_a_token_is_not_shown() -> None:
    assert "secret" not in repr(ServeSettings(token="a secret of some length"))

"""Chat through apprise, against a webhook on loopback."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.notify.nouns import message
from whotop.config.notify_settings import ChatTable
from whotop.notify import chat as chat_module
from whotop.notify.chat import ChatRoute, without_secret

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # apprise's own use of it


class Webhook(asyncio.Protocol):
    """Answers every request with one status, and keeps what it was sent."""

    def __init__(self, status: str, bodies: list[bytes]) -> None:
        self._status, self._bodies, self._received = status, bodies, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, _, body = self._received.partition(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        if len(body) >= length:
            self._bodies.append(body)
            self._transport.write(f"HTTP/1.1 {self._status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            self._transport.close()


@asynccontextmanager
async def webhook(status: str, bodies: list[bytes]) -> AsyncIterator[str]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Webhook(status, bodies), "127.0.0.1", 0)
    async with server:
        yield f"json://127.0.0.1:{server.sockets[0].getsockname()[1]}/sesame"


async def told(table: ChatTable) -> list[str]:
    return [outcome.error async for outcome in ChatRoute(table).send([message(target=table.name)])]


async def test_a_message_arrives_with_its_subject_and_its_text() -> None:
    bodies: list[bytes] = []
    async with webhook("200 OK", bodies) as url:
        assert await told(ChatTable(name="pager", url=url)) == [""]
    sent = json.loads(bodies[0])
    assert (sent["title"], sent["message"].strip()) == ("[whotop] message 1", "Hello.")


async def test_a_name_calls_nobody_in_a_chat() -> None:
    bodies: list[bytes] = []
    hostile = message(target="pager", subject="[whotop] <!channel> @everyone", body="<@U012AB3CD>\n")
    async with webhook("200 OK", bodies) as url:
        route = ChatRoute(ChatTable(name="pager", url=url))
        assert [outcome.error async for outcome in route.send([hostile])] == [""]
    sent = json.loads(bodies[0])
    assert (sent["title"], sent["message"].strip()) == ("[whotop] ‹!channel› ＠everyone", "‹＠U012AB3CD›")


async def test_the_url_may_be_a_secret_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    async with webhook("200 OK", []) as url:
        monkeypatch.setenv("PAGER_URL", url)
        assert await told(ChatTable(name="pager", url_environment="PAGER_URL")) == [""]
    monkeypatch.delenv("PAGER_URL")
    gone = await told(ChatTable(name="pager", url_environment="PAGER_URL"))
    assert gone == ["pager: the environment holds no PAGER_URL"]


async def test_a_refusal_is_told_without_the_secret_in_the_url() -> None:
    async with webhook("500 Internal Server Error", []) as url:
        (error,) = await told(ChatTable(name="pager", url=url))
    assert error.startswith("pager: ")
    assert "500" in error
    assert "sesame" not in error


async def test_no_secret_is_in_the_log_whatever_its_level(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with webhook("500 Internal Server Error", []) as url:
        await told(ChatTable(name="pager", url=url))
    assert "sesame" not in caplog.text


async def test_a_url_that_apprise_does_not_know_is_named_by_its_scheme_alone() -> None:
    (error,) = await told(ChatTable(name="pager", url="nonsense://sesame"))
    assert error == "pager: apprise knows no such URL (nonsense:…)"


async def test_a_chat_that_hangs_is_left_and_not_asked_again_while_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    def hang(_url: str, _delivery: object) -> str:
        release.wait(10)
        return ""

    monkeypatch.setattr(chat_module, "_told", hang)
    route = ChatRoute(ChatTable(name="pager", url="json://127.0.0.1", timeout_seconds=0.02))
    errors = [outcome.error async for outcome in route.send([message(1), message(2)])]
    release.set()
    assert errors == ["pager: no answer within 0.02 s", "pager: an earlier message hangs still"]


async def test_whatever_a_plug_in_raises_is_told_of_its_chat(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_url: str, _delivery: object) -> str:
        raise KeyError("broken\n")

    monkeypatch.setattr(chat_module, "_told", fail)
    assert await told(ChatTable(name="pager", url="json://127.0.0.1")) == ["pager: KeyError: 'broken\\n'"]


def test_no_part_of_a_url_is_told() -> None:
    url = "slack://tokenA/tokenB/tokenC/#ops?footer=no"
    said = without_secret(f"POST {url} failed for tokenB at tokenC", url)
    assert "token" not in said
    assert said.startswith("POST … failed")

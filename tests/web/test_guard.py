"""Who is answered at all."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest
from starlette.types import Receive, Scope, Send

from tests.web.world import PLENTY, TOKEN, World, world
from whotop.web.guard import Guard
from whotop.web.refusal import RefusedAnswer
from whotop.web.settings import BODY_BYTES_MAX, REQUESTS_AT_ONCE_MAX, ServeSettings

OUTSIDE = ServeSettings(address="192.0.2.1", token=TOKEN)
BEARER = {"authorization": f"Bearer {TOKEN}"}


def refused(response: httpx.Response) -> tuple[int, str | None]:
    """Status and field of a refusal, whose body is of the one shape."""
    error = msgspec.json.decode(response.content, type=RefusedAnswer).error
    assert error.status == response.status_code
    assert error.message
    return error.status, error.field


@pytest.mark.parametrize("host", ["127.0.0.1:8421", "localhost", "LOCALHOST:80", "[::1]:8421", "127.9.8.7"])
async def test_loopback_is_asked_for_by_its_own_names(client: httpx.AsyncClient, host: str) -> None:
    assert (await client.get("/machines", headers={"host": host})).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8421", ""])
async def test_a_name_rebound_to_loopback_is_refused(client: httpx.AsyncClient, host: str) -> None:
    assert refused(await client.get("/machines", headers={"host": host})) == (400, "Host")


async def test_a_proxys_name_may_be_allowed() -> None:
    async with world(ServeSettings(hosts=("Whotop.example",))) as small, small.client() as client:
        assert (await client.get("/users", headers={"host": "whotop.example:443"})).status_code == 200
        assert (await client.get("/users", headers={"host": "other.example"})).status_code == 400


async def test_outside_of_loopback_a_token_is_needed() -> None:
    async with world(OUTSIDE) as small, small.client("192.0.2.9") as client:
        response = await client.get("/machines")
        assert refused(response) == (401, "Authorization")
        assert response.headers["www-authenticate"] == 'Bearer realm="whotop"'
        assert (await client.get("/machines", headers=BEARER)).status_code == 200


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer an excellent secreT", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer ÿ"]
)
async def test_no_other_token_will_do(header: str) -> None:
    async with world(OUTSIDE) as small, small.client() as client:
        assert refused(await client.get("/report", headers=[(b"authorization", header.encode("latin-1"))]))[0] == 401


async def test_whoever_does_not_know_yet_that_a_token_is_needed_is_not_made_to_wait() -> None:
    settings = ServeSettings(address="192.0.2.1", token=TOKEN, requests_per_second=1, requests_at_once=10)
    async with world(settings) as small, small.client() as client:
        assert {(await client.get("/usage/raw")).status_code for _ in range(9)} == {401}


@pytest.mark.parametrize(
    "path", ["/usage", "/static/usage.js", "/static/whotop.css", "/static/sheet.css", "/favicon.svg", "/healthz"]
)
async def test_what_tells_nothing_of_the_fleet_needs_no_token(path: str) -> None:
    async with world(OUTSIDE) as small, small.client() as client:
        assert (await client.get(path)).status_code == 200


@pytest.mark.parametrize("path", ["/usage/raw", "/metrics", "/openapi.json", "/static/../machines", "/nowhere"])
async def test_everything_else_does(path: str) -> None:
    async with world(OUTSIDE) as small, small.client() as client:
        assert refused(await client.get(path))[0] == 401


async def test_who_asks_too_often_is_told_when_to_come_back() -> None:
    async with world(ServeSettings(requests_per_second=0.5, requests_at_once=3)) as small, small.client() as client:
        for _ in range(3):
            assert (await client.get("/healthz")).status_code == 200
        response = await client.get("/healthz")
        assert (refused(response)[0], response.headers["retry-after"]) == (429, "2")
        async with small.client("127.0.0.2") as other:
            assert (await other.get("/healthz")).status_code == 200
        small.clock.advance(2)
        assert (await client.get("/healthz")).status_code == 200


async def test_whoever_guesses_tokens_is_soon_made_to_wait() -> None:
    settings = ServeSettings(address="192.0.2.1", token=TOKEN, requests_per_second=1, requests_at_once=100)
    async with world(settings) as small, small.client("192.0.2.9") as client:
        statuses = [
            (await client.get("/machines", headers={"authorization": f"Bearer {n}"})).status_code for n in range(9)
        ]
    assert statuses == [401] * 5 + [429] * 4


async def test_a_body_has_a_limit(client: httpx.AsyncClient) -> None:
    response = await client.post("/usage/raw", content=b"x" * (BODY_BYTES_MAX + 1))
    assert refused(response)[0] == 413


async def test_a_body_of_unknown_length_has_the_same_limit(client: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(BODY_BYTES_MAX // 1_000 + 2):
            yield b"x" * 1_000

    assert refused(await client.post("/usage/raw", content=endless()))[0] == 413


@pytest.mark.parametrize(("method", "path"), [("DELETE", "/machines"), ("POST", "/events"), ("PUT", "/usage/raw")])
async def test_nothing_can_be_changed(client: httpx.AsyncClient, method: str, path: str) -> None:
    response = await client.request(method, path)
    assert refused(response)[0] == 405
    assert "GET" in response.headers["allow"]


@pytest.mark.parametrize("path", ["/nowhere", "/machines/", "/static/", "/static/../guard.py", "/static/%2e%2e/x"])
async def test_what_is_not_there_is_refused_in_the_same_shape(client: httpx.AsyncClient, path: str) -> None:
    assert refused(await client.get(path))[0] == 404


async def test_every_answer_forbids_what_browsers_would_do_with_it(client: httpx.AsyncClient) -> None:
    for path in ("/usage", "/machines", "/nowhere"):
        headers = (await client.get(path)).headers
        assert "script-src 'self';" in headers["content-security-policy"]
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["cache-control"] == "no-store"


def guarded(application: object) -> Guard:
    return Guard(application, PLENTY, lambda: 0.0)  # type: ignore[arg-type]


async def test_a_fault_of_ours_is_logged_and_tells_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async def faulty(scope: Scope, receive: Receive, send: Send) -> None:
        raise KeyError("a secret")

    transport = httpx.ASGITransport(guarded(faulty))
    with caplog.at_level(logging.ERROR):
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            response = await client.get("/machines")
    assert refused(response)[0] == 500
    assert "secret" not in response.text
    assert "a secret" in caplog.text


async def test_only_so_many_are_answered_at_once(small: World) -> None:
    guard = small.application
    assert isinstance(guard, Guard)
    guard._answering = REQUESTS_AT_ONCE_MAX
    async with small.client() as client:
        assert refused(await client.get("/machines"))[0] == 503
        guard._answering -= 1
        assert (await client.get("/machines")).status_code == 200
    assert guard._answering == REQUESTS_AT_ONCE_MAX - 1

"""What every request must pass before anything is looked up for it, and what every answer carries.

It stands around the whole application: nothing that goes wrong inside leaves it but as a status with
JSON in one shape.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import math
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from whotop.errors import StoreError
from whotop.web.host_names import is_allowed_host
from whotop.web.rate import RateLimit, client_of
from whotop.web.refusal import Refusal
from whotop.web.settings import BODY_BYTES_MAX, REQUESTS_AT_ONCE_MAX, ServeSettings

GUESS_COST = 20.0
"""Requests that a wrong token counts as."""
AGAIN_SECONDS = 2
"""When to come back after a 503."""
OPEN_PATHS = ("/usage", "/favicon.svg", "/healthz")
STATIC = "/static/"
"""What a browser needs before it can ask with a token. None of it tells anything of the fleet."""
STREAM = "/events/stream"

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""No script but our own files. Bokeh makes ``<style>`` elements, so styles alone may be inline."""
HEADERS = (
    (b"content-security-policy", CONTENT_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)

_log = logging.getLogger(__name__)


class Guard:
    """ASGI around ASGI: host, rate, token, size, crowd; then the application; then the headers."""

    def __init__(self, application: ASGIApp, settings: ServeSettings, monotonic: Callable[[], float]) -> None:
        self._application, self._settings, self._monotonic = application, settings, monotonic
        self._rate = RateLimit(settings.requests_per_second, settings.requests_at_once)
        self._token = _digest(settings.token.encode("utf-8", "surrogateescape"))
        self._hosts = frozenset({settings.address.lower(), *(host.lower() for host in settings.hosts)})
        self._answering = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        answer = _Answer(send)
        try:
            self._check(scope)
            await self._counted(scope, receive, answer)
        except Refusal as refusal:
            await answer.refuse(refusal)
        except StoreError as error:
            await answer.refuse(Refusal(503, str(error), headers=_again(AGAIN_SECONDS)))
        except Exception:
            _log.exception("a request could not be answered: %s %s", scope["method"], scope["path"])
            await answer.refuse(Refusal(500, "whotop has a fault; its log tells more"))

    def _check(self, scope: Scope) -> None:
        headers = dict(scope["headers"])
        self._check_host(headers.get(b"host", b"").decode("latin-1"))
        client = client_of(scope["client"][0] if scope["client"] else "")
        self._check_rate(client)
        if self._settings.token and not _is_open(scope["path"]):
            self._check_token(headers.get(b"authorization", b""), client)
        _check_length(headers.get(b"content-length", b"0"))

    def _check_host(self, host: str) -> None:
        """Where a token is needed, a page that rebinds a name gets nowhere."""
        if (self._settings.is_loopback or self._settings.hosts) and not is_allowed_host(host, self._hosts):
            raise Refusal(400, "this name is not served here: [web] hosts names those that are", field="Host")

    def _check_rate(self, client: str) -> None:
        wait_seconds = self._rate.wait_seconds(client, self._monotonic())
        if wait_seconds:
            raise Refusal(429, "too many requests", headers=_again(math.ceil(wait_seconds)))

    def _check_token(self, authorization: bytes, client: str) -> None:
        scheme, _, token = authorization.partition(b" ")
        is_right = hmac.compare_digest(_digest(token.strip()), self._token)
        if scheme.lower() == b"bearer" and is_right:
            return
        if token:  # A browser's first request carries none, and is no guess.
            self._rate.punish(client, self._monotonic(), GUESS_COST)
        what = "the token is not the right one" if token else "a token is needed: Authorization: Bearer TOKEN"
        raise Refusal(401, what, field="Authorization", headers={"www-authenticate": 'Bearer realm="whotop"'})

    async def _counted(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let only so many be answered at once. Streams are counted where they are made."""
        if scope["path"] == STREAM:
            await self._application(scope, receive, send)
            return
        if self._answering >= REQUESTS_AT_ONCE_MAX:
            raise Refusal(503, "too many requests are being answered", headers=_again(AGAIN_SECONDS))
        self._answering += 1
        try:
            await self._application(scope, receive, send)
        finally:
            self._answering -= 1


class _Answer:
    """Sends with our headers, and knows whether an answer has begun."""

    def __init__(self, send: Send) -> None:
        self._send, self._has_begun = send, False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._has_begun = True
            given = {name.lower() for name, _ in message["headers"]}
            message["headers"] = [*message["headers"], *(pair for pair in HEADERS if pair[0] not in given)]
            if b"cache-control" not in given:
                message["headers"].append((b"cache-control", b"no-store"))
        await self._send(message)

    async def refuse(self, refusal: Refusal) -> None:
        """Send a refusal, unless something else is under way: then the connection ends in the middle of it."""
        if self._has_begun:
            return
        headers = {"content-type": "application/json", "content-length": str(len(refusal.body)), **refusal.headers}
        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        await self({"type": "http.response.start", "status": refusal.status, "headers": pairs})
        await self({"type": "http.response.body", "body": refusal.body})


def _is_open(path: str) -> bool:
    return path in OPEN_PATHS or path.startswith(STATIC)


def _check_length(header: bytes) -> None:
    if not header.isdigit() or int(header[:20]) > BODY_BYTES_MAX:
        raise Refusal(413, f"a request's body has at most {BODY_BYTES_MAX} bytes")


def _again(seconds: int) -> dict[str, str]:
    return {"retry-after": str(max(1, seconds))}


def _digest(token: bytes) -> bytes:
    """Of equal length whatever the token's: comparing takes the same time."""
    return hashlib.sha256(token).digest()

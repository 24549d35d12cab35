"""``/events/stream``: events as they happen, as server-sent events (WHATWG HTML §9.2).

Each message is one event in JSON; the last of a batch carries the revision as its id. A client that
comes back with ``Last-Event-ID`` (or ``?after=``) first gets what it missed, from the store.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from whotop.core.query import Query, parse_query
from whotop.errors import QueryError
from whotop.model import Event
from whotop.web.hub import Listener, found, pieces_of
from whotop.web.question import Filter, Question, question_of
from whotop.web.refusal import Refusal
from whotop.web.rows import EVENT_FIELDS
from whotop.web.sources import Sources

PATIENCE_SECONDS = 15.0
"""After so long without an event a comment is sent: proxies close connections that say nothing."""
AGAIN_MILLISECONDS = 2_000
PATH = "/events/stream"
MEDIA_TYPE = "text/event-stream"

Revision = Annotated[int, Meta(ge=0, le=2**53)]


class StreamQuestion(Question, frozen=True, kw_only=True):
    """Which events, and from when on."""

    where: Filter = ""
    after: Annotated[Revision, Meta(description="Begin after this revision. Last-Event-ID says it too.")] | (
        UnsetType
    ) = UNSET


async def stream(request: Request, sources: Sources) -> Response:
    """Answer with the stream. Raises Refusal."""
    question = await question_of(request, StreamQuestion)
    after = _after(question, request.headers.get("last-event-id", ""))
    try:
        query = parse_query(question.where, EVENT_FIELDS)
    except QueryError as error:
        raise Refusal(400, str(error), field="where") from None
    if not sources.live.is_ready:
        raise Refusal(503, "the store has not been read yet", headers={"retry-after": "1"})
    headers = {"x-accel-buffering": "no"}  # nginx would gather messages
    return StreamingResponse(messages(query, after, sources), media_type=MEDIA_TYPE, headers=headers)


def _after(question: StreamQuestion, last_event_id: str) -> int | None:
    """The revision after which to begin; what a browser adds on coming back wins over its address."""
    if last_event_id:
        if not (last_event_id.isascii() and last_event_id.isdigit() and len(last_event_id) < 16):
            raise Refusal(400, "no revision of ours", field="Last-Event-ID")
        return int(last_event_id)
    return None if isinstance(question.after, UnsetType) else question.after


async def messages(query: Query, after: int | None, sources: Sources) -> AsyncIterator[bytes]:
    """The stream's text, until the listener is cut off."""
    hub = sources.live.hub
    listener = hub.join(query)
    try:
        yield b"retry: %d\n\n" % AGAIN_MILLISECONDS
        if after is not None and after < listener.since_revision:
            async for piece in missed(query, after, listener.since_revision, sources):
                yield piece
        while not listener.is_cut:
            yield await listener.next_piece(PATIENCE_SECONDS) or _silence(listener)
    finally:
        hub.leave(query, listener)


def _silence(listener: Listener) -> bytes:
    return b"" if listener.is_cut else b": still here\n\n"


async def missed(query: Query, after: int, until: int, sources: Sources) -> AsyncIterator[bytes]:
    """What came between two revisions, the latter included."""
    revision, events = after, list[Event]()
    async for each, event in sources.events.after(after, until, sources.clock.now_us()):
        if each != revision and events:
            yield pieces_of(found(events, query), revision)
            events = []
        revision = each
        events.append(event)
    yield pieces_of(found(events, query), revision)

"""``/events``: logins, logouts, failed logins and what else happened, the newest first, from the store."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from whotop.core.query import parse_query
from whotop.model import Event
from whotop.web.documents import Document, EventDocument, event_document
from whotop.web.moments import Moment, check_order, microseconds
from whotop.web.question import Filter, KindQuestion, Limit
from whotop.web.resource import Resource, table_of
from whotop.web.rows import EVENT_FIELDS, EventRow
from whotop.web.sources import Sources

LOOKED_THROUGH_MAX = 50_000
"""Events that one answer looks through for a filter."""


class EventsQuestion(KindQuestion, frozen=True, kw_only=True):
    """A span of time, and a filter."""

    where: Filter = ""
    limit: Limit = 500
    start: Annotated[Moment, Meta(description="From this time on.")] | UnsetType = UNSET
    end: Annotated[Moment, Meta(description="Before this time; else until now.")] | UnsetType = UNSET


class EventsAnswer(Document, frozen=True, kw_only=True):
    """Events, the newest first."""

    revision: int
    """Of the fleet then: a stream that begins after it tells what came later."""
    complete: bool
    """Whether these are all. If not, ask again with ``end`` set to the time of the last one."""
    events: tuple[EventDocument, ...]


async def events(question: EventsQuestion, sources: Sources) -> EventsAnswer:
    """Those that the filter finds. Raises QueryError, StoreError, and Refusal for the span."""
    query = parse_query(question.where, EVENT_FIELDS)
    revision = sources.live.fleet.revision
    start_us = microseconds(question.start) if isinstance(question.start, datetime) else 0
    end_us = microseconds(question.end) if isinstance(question.end, datetime) else sources.clock.now_us() + 1
    check_order(start_us, end_us)
    found: list[Event] = []
    complete = True
    looked_through = 0
    async for event in sources.events.newest_first(start_us, end_us):
        if len(found) == question.limit or looked_through == LOOKED_THROUGH_MAX:
            complete = False
            break
        looked_through += 1
        if query.matches(EventRow(event)):
            found.append(event)
    return EventsAnswer(revision=revision, complete=complete, events=tuple(map(event_document, found)))


RESOURCE = Resource(
    path="/events",
    summary="Events: logins, logouts, failed logins, boots",
    question=EventsQuestion,
    answer=EventsAnswer,
    respond=events,
    render=table_of("events", EventDocument, "events"),
)

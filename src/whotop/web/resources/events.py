"""``/events``: logins, logouts, failed logins and what else happened, the newest first, from the store."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from whotop.core.query import parse_query
from whotop.model import Event
from whotop.render.moments import local
from whotop.web.documents import Document, EventDocument, event_document
from whotop.web.moments import Moment, check_order, time_us
from whotop.web.question import Filter, KindQuestion, Limit
from whotop.web.resource import Resource, table_of
from whotop.web.rows import EVENT_FIELDS, EventRow
from whotop.web.sources import Sources

LOOKED_THROUGH_MAX = 10_000
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
    """Whether these are all."""
    looked_back_to: datetime | None
    """The time of the oldest event that was looked at. If these are not all, ask again with it as ``end``."""
    events: tuple[EventDocument, ...]


async def events(question: EventsQuestion, sources: Sources) -> EventsAnswer:
    """Those that the filter finds. Raises QueryError, StoreError, and Refusal for the span."""
    query = parse_query(question.where, EVENT_FIELDS)
    revision, now_us = sources.live.fleet.revision, sources.clock.now_us()
    start_us = time_us(question.start, "start", 0, now_us)
    end_us = time_us(question.end, "end", now_us + 1, now_us)
    check_order(start_us, end_us)
    found: list[Event] = []
    looked_through, last, complete = 0, None, True
    async for event in sources.events.newest_first(start_us, end_us):
        if len(found) == question.limit or looked_through == LOOKED_THROUGH_MAX:
            complete = False
            break
        looked_through, last = looked_through + 1, event
        if query.matches(EventRow(event)):
            found.append(event)
    return EventsAnswer(
        revision=revision,
        complete=complete,
        looked_back_to=None if last is None else local(last.fleet_time_us, UTC),
        events=tuple(map(event_document, found)),
    )


RESOURCE = Resource(
    path="/events",
    summary="Events: logins, logouts, failed logins, boots",
    question=EventsQuestion,
    answer=EventsAnswer,
    respond=events,
    render=table_of("events", EventDocument, "events"),
)

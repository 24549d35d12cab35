"""``/sessions``: those that are open, or with ``start`` also those that have ended since."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from whotop.core.query import parse_query
from whotop.core.session_row import FIELDS, SessionRow
from whotop.model import Session
from whotop.web.documents import SessionDocument, session_document
from whotop.web.moments import Moment, time_us
from whotop.web.question import TableQuestion
from whotop.web.resource import Resource, table_of
from whotop.web.resources.paging import Listed, part
from whotop.web.sources import Sources

LOOKED_THROUGH_MAX = 5_000
"""Sessions of the past that one answer looks through, the newest login first."""


class SessionsQuestion(TableQuestion, frozen=True, kw_only=True):
    """Open ones, unless the past is asked for."""

    start: Annotated[Moment, Meta(description="Also those that ended at or after this time.")] | UnsetType = UNSET


class SessionsAnswer(Listed, frozen=True, kw_only=True):
    """Sessions, the newest login first."""

    complete: bool
    """Whether all were looked through: the open ones always are, of ended ones the newest."""
    sessions: tuple[SessionDocument, ...]


async def sessions(question: SessionsQuestion, sources: Sources) -> SessionsAnswer:
    """Those that the filter finds. Raises QueryError, StoreError, and Refusal for the time."""
    fleet = sources.live.fleet
    query = parse_query(question.where, FIELDS)
    candidates = await _candidates(question, sources)
    found = [session for session in candidates if query.matches(SessionRow(session))]
    return SessionsAnswer(
        revision=fleet.revision,
        total=len(found),
        complete=isinstance(question.start, UnsetType) or len(candidates) < LOOKED_THROUGH_MAX,
        sessions=tuple(session_document(session, fleet) for session in part(found, question)),
    )


async def _candidates(question: SessionsQuestion, sources: Sources) -> list[Session]:
    if isinstance(question.start, UnsetType):
        open_ones = sources.live.fleet.sessions.values()
        return sorted(open_ones, key=lambda session: session.fleet_login_us, reverse=True)
    start_us = time_us(question.start, "start", 0, sources.clock.now_us())
    return await sources.history.sessions(start_us=start_us, limit=LOOKED_THROUGH_MAX)


RESOURCE = Resource(
    path="/sessions",
    summary="Sessions: who is on which machine, from where, since when",
    question=SessionsQuestion,
    answer=SessionsAnswer,
    respond=sessions,
    render=table_of("sessions", SessionDocument, "sessions"),
)

"""``/sessions``: those that are open, or with ``start`` also those that have ended since."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from whotop.core.query import parse_query
from whotop.core.session_row import FIELDS, SessionRow
from whotop.model import Session
from whotop.web.documents import SessionDocument, session_document
from whotop.web.moments import Moment, microseconds
from whotop.web.question import TableQuestion
from whotop.web.resource import Resource, table_of
from whotop.web.resources.paging import Listed, part
from whotop.web.sources import Sources

LOOKED_THROUGH_MAX = 20_000
"""Sessions of the past that one answer looks through, the newest login first."""


class SessionsQuestion(TableQuestion, frozen=True, kw_only=True):
    """Open ones, unless the past is asked for."""

    start: Annotated[Moment, Meta(description="Also those that ended at or after this time.")] | UnsetType = UNSET


class SessionsAnswer(Listed, frozen=True, kw_only=True):
    """Sessions, the newest login first."""

    sessions: tuple[SessionDocument, ...]


async def sessions(question: SessionsQuestion, sources: Sources) -> SessionsAnswer:
    """Those that the filter finds. Raises QueryError and StoreError."""
    fleet = sources.live.fleet
    query = parse_query(question.where, FIELDS)
    candidates = sorted(fleet.sessions.values(), key=lambda session: session.fleet_login_us, reverse=True)
    if isinstance(question.start, datetime):
        candidates = await _since(question.start, sources)
    found = [session for session in candidates if query.matches(SessionRow(session))]
    documents = tuple(session_document(session, fleet) for session in part(found, question))
    return SessionsAnswer(revision=fleet.revision, total=len(found), sessions=documents)


async def _since(start: datetime, sources: Sources) -> list[Session]:
    return await sources.history.sessions(start_us=microseconds(start), limit=LOOKED_THROUGH_MAX)


RESOURCE = Resource(
    path="/sessions",
    summary="Sessions: who is on which machine, from where, since when",
    question=SessionsQuestion,
    answer=SessionsAnswer,
    respond=sessions,
    render=table_of("sessions", SessionDocument, "sessions"),
)

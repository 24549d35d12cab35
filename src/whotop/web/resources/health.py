"""``/healthz``: whether this server answers truly. It tells nothing of the fleet, so it needs no token."""

from __future__ import annotations

from whotop.web.documents import Document
from whotop.web.question import Question
from whotop.web.refusal import Refusal
from whotop.web.resource import Resource, json_of
from whotop.web.sources import Sources


class HealthAnswer(Document, frozen=True, kw_only=True):
    """All is well; else the answer is a 503."""

    status: str = "ok"


async def health(question: Question, sources: Sources) -> HealthAnswer:
    """Raises Refusal as long as the store has not been, or cannot be, read."""
    if not sources.live.is_ready or sources.live.notices:
        raise Refusal(503, "the store cannot be read", headers={"retry-after": "5"})
    return HealthAnswer()


RESOURCE = Resource(
    path="/healthz",
    summary="Whether the server is well",
    question=Question,
    answer=HealthAnswer,
    respond=health,
    render=json_of,
)

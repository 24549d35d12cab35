"""A resource of the API: where it is, what it may be asked, what it answers.

The routes and the OpenAPI description are both made from this one table row, so neither can say
what the other does not.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from whotop.errors import QueryError, UsageError
from whotop.web.question import Kind, KindQuestion, Question, question_of
from whotop.web.refusal import Refusal
from whotop.web.represent import MEDIA_TYPES, kind_of, table
from whotop.web.sources import Sources

Respond = Callable[[Any, Sources], Awaitable[Any]]
"""From a question to an answer."""
Render = Callable[[Any, Kind], bytes]
"""From an answer to what is sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One of them."""

    path: str
    summary: str
    question: type[Question]
    answer: type[msgspec.Struct] | None = None
    """The JSON of its answer; None where it is no JSON, or JSON of somebody else's shape."""
    respond: Respond
    render: Render
    kinds: tuple[Kind, ...] = tuple(Kind)
    """The forms in which it is given."""
    methods: tuple[str, ...] = ("GET",)

    async def handle(self, request: Request, sources: Sources) -> Response:
        """Answer a request. Raises Refusal."""
        question = await question_of(request, self.question)
        kind = self._kind(question, request.headers.get("accept", ""))
        try:
            answer = await self.respond(question, sources)
        except QueryError as error:
            raise Refusal(400, str(error), field="where") from None
        except UsageError as error:
            raise Refusal(400, str(error)) from None
        return Response(self.render(answer, kind), media_type=MEDIA_TYPES[kind], headers={"vary": "Accept"})

    def _kind(self, question: Question, accept: str) -> Kind:
        return kind_of(question.content_type, accept) if isinstance(question, KindQuestion) else Kind.JSON


def json_of(answer: msgspec.Struct, kind: Kind = Kind.JSON) -> bytes:
    """The answer as JSON, whatever was asked for: what has no other form is rendered by this."""
    return msgspec.json.encode(answer) + b"\n"


def table_of(rows_field: str, shape: type[msgspec.Struct], title: str) -> Render:
    """Renders an answer whose field ``rows_field`` is its table."""

    def render(answer: msgspec.Struct, kind: Kind) -> bytes:
        return json_of(answer) if kind is Kind.JSON else table(getattr(answer, rows_field), shape, kind, title)

    return render

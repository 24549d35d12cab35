"""The application: every route, behind the guard."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from whotop.web import metrics, page, stream
from whotop.web.guard import Guard
from whotop.web.openapi import description
from whotop.web.question import Question, question_of
from whotop.web.refusal import refused_body
from whotop.web.resource import Resource
from whotop.web.resources import RESOURCES
from whotop.web.settings import ServeSettings
from whotop.web.sources import Sources

Answer = Callable[[Request], Awaitable[Response]]


def application(sources: Sources, settings: ServeSettings) -> ASGIApp:
    """What answers every request, and never with anything but an answer."""
    routes: list[BaseRoute] = [_route(resource, sources) for resource in RESOURCES]
    routes += [
        Route("/", _to_the_page),
        Route(stream.PATH, lambda request: stream.stream(request, sources)),
        Route(metrics.PATH, _metrics(sources)),
        Route("/openapi.json", _description),
        *page.routes(),
    ]
    refusals = {HTTPException: _refused}
    starlette = Starlette(routes=routes, exception_handlers=refusals)
    starlette.router.redirect_slashes = False
    return Guard(starlette, settings, sources.clock.monotonic)


def _route(resource: Resource, sources: Sources) -> Route:
    async def answer(request: Request) -> Response:
        return await resource.handle(request, sources)

    return Route(resource.path, answer, methods=list(resource.methods))


async def _to_the_page(request: Request) -> Response:
    return RedirectResponse(page.PATH, status_code=HTTPStatus.TEMPORARY_REDIRECT)


def _metrics(sources: Sources) -> Answer:
    async def answer(request: Request) -> Response:
        await question_of(request, Question)
        return Response(metrics.exposition(sources.live, sources.clock), media_type=metrics.MEDIA_TYPE)

    return answer


async def _description(request: Request) -> Response:
    await question_of(request, Question)
    return Response(description(), media_type="application/json")


async def _refused(request: Request, error: Exception) -> Response:
    """No such path, or no such method there: Starlette says so, we say it in our shape."""
    assert isinstance(error, HTTPException)
    message = f"{request.method} is not for this path" if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED else ""
    body = refused_body(error.status_code, message)
    return Response(body, error.status_code, headers=error.headers, media_type="application/json")

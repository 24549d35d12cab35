"""The application: every route, behind the guard."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from whotop.web import metrics, page, stream
from whotop.web.guard import Guard
from whotop.web.openapi import description
from whotop.web.question import Question, question_of
from whotop.web.refusal import Refusal
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
        Route(stream.PATH, _stream(sources)),
        Route(metrics.PATH, _metrics(sources)),
        Route("/openapi.json", _description),
        *page.routes(),
    ]
    return Guard(_routed(Router(routes, redirect_slashes=False)), settings, sources.clock.monotonic)


def _routed(router: Router) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = router  # Inside an application a router raises what it would answer in plain text.
        try:
            await router(scope, receive, send)
        except HTTPException as error:
            raise _refusal(error, scope["method"]) from None

    return answer


def _refusal(error: HTTPException, method: str) -> Refusal:
    """No such path, or no such method there: Starlette says so, we say it in our shape."""
    is_method = error.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    message = f"{method} is not for this path" if is_method else error.detail.lower()
    return Refusal(error.status_code, message, headers=error.headers)


def _route(resource: Resource, sources: Sources) -> Route:
    async def answer(request: Request) -> Response:
        return await resource.handle(request, sources)

    return Route(resource.path, answer, methods=list(resource.methods))


async def _to_the_page(request: Request) -> Response:
    return RedirectResponse(page.PATH, status_code=HTTPStatus.TEMPORARY_REDIRECT)


def _stream(sources: Sources) -> Answer:
    async def answer(request: Request) -> Response:
        return await stream.stream(request, sources)

    return answer


def _metrics(sources: Sources) -> Answer:
    async def answer(request: Request) -> Response:
        await question_of(request, Question)
        return Response(metrics.exposition(sources.live, sources.clock), media_type=metrics.MEDIA_TYPE)

    return answer


async def _description(request: Request) -> Response:
    await question_of(request, Question)
    return Response(description(), media_type="application/json")

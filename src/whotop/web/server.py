"""Listening, and serving until told to end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import ssl
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import uvicorn

from whotop.errors import UsageError, WhotopError
from whotop.web.application import application
from whotop.web.connection import Connection
from whotop.web.settings import TOKEN_CHARACTERS_MIN, ServeSettings
from whotop.web.sources import Sources

HEAD_BYTES_MAX = 16 << 10
GRACE_SECONDS = 2
IDLE_SECONDS = 30
BACKLOG = 256


def check_settings(settings: ServeSettings) -> None:
    """Raise UsageError for what would leave the fleet open to everybody."""
    if settings.token and len(settings.token) < TOKEN_CHARACTERS_MIN:
        raise UsageError(f"the token has {len(settings.token)} characters: at least {TOKEN_CHARACTERS_MIN} are needed")
    if not settings.token and not settings.is_loopback:
        raise UsageError(
            f"{settings.address} can be reached by others, so a token is needed "
            "(set [web] token_environment, token_command, token_keyring or token_file)"
        )


def listening_socket(settings: ServeSettings) -> socket.socket:
    """The socket that the server accepts on. Raises WhotopError where it cannot be had."""
    place = f"{settings.address} port {settings.port}"
    try:
        found = socket.getaddrinfo(settings.address, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = found[0]
        return socket.create_server((str(address[0]), settings.port), family=family, backlog=BACKLOG)
    except OSError as error:
        # create_server adds to the text; what getaddrinfo fails with is no errno.
        what = error.strerror if isinstance(error, socket.gaierror) else os.strerror(error.errno or 0)
        raise WhotopError(f"cannot listen on {place}: {what}") from None


def url_of(settings: ServeSettings, listening: socket.socket) -> str:
    """Where the page is."""
    port = listening.getsockname()[1]
    host = f"[{settings.address}]" if ":" in settings.address else settings.address
    return f"{'https' if settings.certificate else 'http'}://{host}:{port}/usage"


async def serve(
    sources: Sources, settings: ServeSettings, listening: socket.socket, *works: Callable[[], Coroutine[Any, Any, None]]
) -> None:
    """Answer requests until SIGTERM or SIGINT.

    The reading of the store, and ``works`` that are to be done beside it, last as long; one that ends
    by itself ends the server, and what it raises is raised here.
    """
    server = uvicorn.Server(_config(sources, settings))
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]  # ours end streams too

    def stop() -> None:
        server.should_exit = True
        sources.live.hub.cut_all()

    tasks = [asyncio.create_task(work()) for work in (sources.live.run, *works)]
    for task in tasks:
        task.add_done_callback(lambda _: stop())
    try:
        with _on_signal(stop):
            await server.serve(sockets=[listening])
    finally:
        # uvicorn cancels requests that take too long, and does not wait for their end.
        under_way = [*tasks, *server.server_state.tasks]
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        await sources.usage.close()
    for task in tasks:
        if not task.cancelled():
            task.result()


def _config(sources: Sources, settings: ServeSettings) -> uvicorn.Config:
    config = uvicorn.Config(
        application(sources, settings),
        http=Connection,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        h11_max_incomplete_event_size=HEAD_BYTES_MAX,
        ssl_certfile=settings.certificate or None,
        ssl_keyfile=settings.certificate_key or None,
    )
    try:
        config.load()
    except (OSError, ssl.SSLError) as error:
        raise WhotopError(f"{settings.certificate} cannot be used as a certificate: {error}") from None
    return config


@contextlib.contextmanager
def _on_signal(stop: Callable[[], None]) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)

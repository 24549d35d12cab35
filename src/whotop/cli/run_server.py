"""The server of the API from its start to its end: token, socket, store, and the polling if it is wanted."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from whotop.cli.prepare import Prepared
from whotop.clock import SystemClock
from whotop.config.secret_place import SecretPlace
from whotop.config.secret_source import secret_of
from whotop.config.web_settings import WebTable
from whotop.core.feed import Feed
from whotop.errors import ConfigError
from whotop.monitor.opening import Watch, WatchSettings
from whotop.store.follow import FollowFeed
from whotop.store.store import Store, open_store
from whotop.web.hub import Hub
from whotop.web.live import Live
from whotop.web.server import check_settings, listening_socket, serve, url_of
from whotop.web.settings import ServeSettings
from whotop.web.sources import Sources
from whotop.web.usage_cache import UsageCache


def run_server(prepared: Prepared, settings: ServeSettings, store: str, polling: WatchSettings | None) -> int:
    """Serve until a signal; the exit code. Raises WhotopError where it cannot begin."""
    check_settings(settings)
    _warn(settings)
    asyncio.run(_run(prepared, settings, store, polling))
    return 0


def serve_settings(prepared: Prepared, address: str | None, port: int | None) -> ServeSettings:
    """What the configuration says, and the command line over it. Raises SecretError and ConfigError."""
    table = prepared.settings.web
    return ServeSettings(
        address=address or table.address,
        port=table.port if port is None else port,
        token=token_of(table, str(prepared.file or "")),
        hosts=table.hosts,
        requests_per_second=table.requests_per_second,
        requests_at_once=table.requests_at_once,
        streams=table.streams,
        certificate=table.certificate,
        certificate_key=table.certificate_key,
    )


def _warn(settings: ServeSettings) -> None:
    """Say what is worth a line, and stops nothing."""
    if not settings.is_loopback and not settings.certificate:
        what = "the token and all answers travel readable"
        print(f"whotop: {what} (name a [web] certificate, or let a proxy speak HTTPS)", file=sys.stderr)


def token_of(table: WebTable, file: str) -> str:
    """The bearer token; "" where none is named. Raises SecretError and ConfigError."""
    if table.token_file:
        return _first_line(Path(table.token_file), file)
    place = SecretPlace(table.token_environment, table.token_command, table.token_keyring or "", field="token")
    return asyncio.run(secret_of(place)) or ""


def _first_line(path: Path, file: str) -> str:
    try:
        line = path.read_text("utf-8").partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}", file=file, place="web.token_file") from None
    if not line:
        raise ConfigError(f"{path} holds no token", file=file, place="web.token_file")
    return line


async def _run(prepared: Prepared, settings: ServeSettings, place: str, polling: WatchSettings | None) -> None:
    clock = SystemClock()
    async with contextlib.AsyncExitStack() as stack:
        listening = stack.enter_context(listening_socket(settings))
        works: list[Callable[[], Coroutine[Any, Any, None]]] = []
        if polling is not None:
            watch = Watch(prepared.targets, polling, clock)
            stack.push_async_callback(watch.close)
            works.append(functools.partial(_read, await watch.open()))
        store = await open_store(place, clock=clock)
        stack.push_async_callback(store.close)
        print(f"whotop: {url_of(settings, listening)}", file=sys.stderr, flush=True)
        await serve(_sources(prepared, settings, store, clock), settings, listening, *works)


def _sources(prepared: Prepared, settings: ServeSettings, store: Store, clock: SystemClock) -> Sources:
    live = Live(FollowFeed(store, clock=clock), Hub(settings.streams))
    return Sources(
        live=live,
        history=store.history,
        usage=UsageCache(store.history.usage.report, clock.monotonic),
        events=store.events,
        clock=clock,
        zone=prepared.zone,
        counted=prepared.settings.usage,
    )


async def _read(feed: Feed) -> None:
    """Take what the polling tells: it is in the store as well, but here its faults arrive."""
    async for _ in feed.batches():
        pass

"""The API over a small fleet at a fixed moment, asked without a network."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date

import httpx

from tests.tui.fake_feed import FakeFeed
from tests.tui.small_fleet import EVENTS, NOW_US, SESSIONS, whole_fleet
from whotop.clock import ManualClock
from whotop.core.feed import AnyChange
from whotop.errors import WhotopError
from whotop.model import Event
from whotop.web.application import application
from whotop.web.hub import Hub
from whotop.web.live import Live
from whotop.web.settings import ServeSettings
from whotop.web.sources import Sources
from whotop.web.usage_cache import UsageCache

REVISION = 1
PLENTY = ServeSettings(requests_per_second=1e6, requests_at_once=1_000_000)
TOKEN = "an excellent secret"


class FakeEvents:
    """The events of the past with the revision at which each came, in their order."""

    def __init__(self) -> None:
        self.kept: list[tuple[int, Event]] = [(REVISION, event) for event in EVENTS]
        self.refuses: WhotopError | None = None
        """What any question raises."""

    async def newest_first(self, start_us: int, end_us: int) -> AsyncIterator[Event]:
        if self.refuses is not None:
            raise self.refuses
        by_time = sorted(self.kept, key=lambda pair: pair[1].fleet_time_us, reverse=True)
        for _, event in by_time:
            if start_us <= event.fleet_time_us < end_us:
                yield event

    async def after(self, revision: int, until_revision: int, now_us: int) -> AsyncIterator[tuple[int, Event]]:
        for each, event in self.kept:
            if revision < each <= until_revision:
                yield each, event


class World:
    """A feed to publish into, and what the API is made of."""

    def __init__(self, settings: ServeSettings = PLENTY) -> None:
        self.clock = ManualClock(NOW_US)
        self.feed = FakeFeed()
        self.feed.history.past = list(SESSIONS)
        self.feed.history.usage.logins = list(_logins())
        self.events = FakeEvents()
        self.hub = Hub(settings.streams)
        self.live = Live(self.feed, self.hub)
        self.sources = Sources(
            live=self.live,
            history=self.feed.history,
            usage=UsageCache(self.feed.history.usage.report, self.clock.monotonic),
            events=self.events,
            clock=self.clock,
        )
        self.application = application(self.sources, settings)

    async def publish(self, *changes: AnyChange) -> None:
        """Publish a batch, and let the API take it in."""
        self.feed.publish(changes, self.clock.now_us())
        for _ in range(3):  # the feed's queue, its generator, and whoever reads it
            await asyncio.sleep(0)

    def client(self, address: str = "127.0.0.1") -> httpx.AsyncClient:
        """Somebody who asks."""
        transport = httpx.ASGITransport(self.application, client=(address, 1234))
        return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8421")


def _logins() -> Iterator[tuple[date, str, str]]:
    for user in ("alice", "bob", "carol"):
        yield date(2026, 11, 2), user, "web-01"
    yield date(2026, 11, 3), "alice", "web-01"
    yield date(2026, 11, 18), "alice", "db-02"
    yield date(2026, 11, 19), "bob", "db-02"


@asynccontextmanager
async def world(settings: ServeSettings = PLENTY) -> AsyncIterator[World]:
    """The small fleet, read."""
    made = World(settings)
    reading = asyncio.create_task(made.live.run())
    try:
        await made.publish(*whole_fleet())
        yield made
    finally:
        made.feed.close()
        await reading

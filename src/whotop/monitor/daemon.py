"""The monitor without a screen: opens a watch, tells log and service manager of it, until it is stopped."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from whotop.clock import SECOND_US, Clock
from whotop.core.feed import Feed
from whotop.errors import WhotopError
from whotop.monitor.narrator import Narrator
from whotop.monitor.opening import Watch
from whotop.monitor.service_manager import ServiceManager

LOOK_SECONDS = 5.0
"""How often it is looked whether the store is in trouble, and at least how often the watchdog is told."""

Reload = Callable[[], Awaitable[str]]
"""Reads the configuration again; gives a line that says what became of it. Raises WhotopError."""

log = logging.getLogger(__name__)


class Daemon:
    """Runs from ``run`` until ``stop``."""

    def __init__(self, watch: Watch, manager: ServiceManager, reload: Reload, clock: Clock) -> None:
        self._watch, self._manager, self._reload, self._clock = watch, manager, reload, clock
        self._narrator = Narrator()
        self._stopped = asyncio.Event()
        self._reloading: asyncio.Task[None] | None = None

    def stop(self) -> None:
        """End, in good order."""
        self._stopped.set()

    def reload(self) -> None:
        """Read the configuration again, unless that is being done already."""
        if self._reloading is None or self._reloading.done():
            self._reloading = asyncio.create_task(self._read_again())

    async def run(self) -> None:
        """Watch until ``stop``. Raises WhotopError when there is nothing to watch, or the feed ends with a fault."""
        try:
            feed = await self._watch.open()
            reading = asyncio.create_task(self._read(feed))
            looking = asyncio.create_task(self._look_after(feed))
            stopped = asyncio.create_task(self._stopped.wait())
            try:
                done, _ = await asyncio.wait({reading, looking, stopped}, return_when=asyncio.FIRST_COMPLETED)
                for task in done - {stopped}:
                    task.result()
            finally:
                self._manager.stopping()
                await _cancelled(reading, looking, stopped, self._reloading)
        finally:
            await self._watch.close()
        log.info("stopped")

    async def _read(self, feed: Feed) -> None:
        async for batch in feed.batches():
            is_first = not self._narrator.has_begun
            self._narrator.tell(batch)
            if is_first:
                log.info("watching: %s", self._watch.described)
                self._manager.ready(self._narrator.status)

    async def _look_after(self, feed: Feed) -> None:
        wanted_seconds = self._manager.watchdog_seconds
        pause_seconds = min(LOOK_SECONDS, wanted_seconds / 2) if wanted_seconds else LOOK_SECONDS
        while True:
            await asyncio.sleep(pause_seconds)
            self._narrator.notices(feed.notices)
            self._manager.alive(self._narrator.status)

    async def _read_again(self) -> None:
        self._manager.reloading(round(self._clock.monotonic() * SECOND_US))
        try:
            log.info("%s", await self._reload())
        except WhotopError as error:
            log.error("nothing was changed: %s", error)
        self._manager.ready(self._narrator.status)


async def _cancelled(*tasks: asyncio.Task[None] | asyncio.Task[bool] | None) -> None:
    running = [task for task in tasks if task is not None]
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)

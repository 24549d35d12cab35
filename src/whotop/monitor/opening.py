"""Opening a feed: which of this process and another polls the machines, and which feed comes of it.

Each machine has one writer. Of the machines asked for, this process polls those that nobody else
does. If those are all, the feed is live; if they are none, it follows; if they are some, it polls
them and follows the store for all. Machines whose process ends are taken over within seconds, and
when all are polled here the feed turns live, in the same stream.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from whotop.clock import Clock
from whotop.config.reload import Difference, difference
from whotop.core.feed import Feed
from whotop.errors import WhotopError
from whotop.model import Target
from whotop.monitor.handover import HandoverFeed, Source
from whotop.monitor.settings import MonitorSettings
from whotop.store.retention import RetentionSettings
from whotop.text import counted

if TYPE_CHECKING:
    from whotop.monitor.monitor import Monitor
    from whotop.store.store import Store

RULES_NAMED = 3
TAKE_OVER_SECONDS = 1.0
"""How often it is tried whether machines that another process polls are free: one lock each."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchSettings(MonitorSettings):
    """All that it takes to watch."""

    store: str | Path | None = None
    """Path or URL; None: nothing is kept."""
    retention: RetentionSettings = field(default_factory=RetentionSettings)


class Watch:
    """A feed of some machines, from ``open`` to ``close``."""

    def __init__(self, targets: Sequence[Target], settings: WatchSettings, clock: Clock) -> None:
        self._targets, self._settings, self._clock = targets, settings, clock
        self._store: Store | None = None
        self._monitor: Monitor | None = None
        self._feed: HandoverFeed | None = None
        self._polled: frozenset[str] = frozenset()
        """Machines that this process polls."""
        self._taking_over: asyncio.Task[None] | None = None
        self._turning = asyncio.Lock()
        """A new configuration and machines that become free are taken up one after the other."""

    async def open(self) -> Feed:
        """Begin to watch. Raises StoreError, and ConfigError when ssh_config is wrong.

        asyncssh and SQLAlchemy take half a second to load: they do so in a thread, while the screen
        is drawn and answers.
        """
        await asyncio.to_thread(importlib.import_module, "whotop.monitor.monitor")
        if self._settings.store is not None:
            from whotop.store.store import open_store

            self._store = await open_store(self._settings.store, clock=self._clock, retention=self._settings.retention)
        mine = self._mine(self._targets)
        if mine or self._store is None:
            await self._poll(mine)
        self._feed = HandoverFeed(self._source(mine), self._clock)
        self._told(mine)
        return self._feed

    async def _poll(self, mine: Sequence[Target]) -> None:
        """Poll these from now on. Raises StoreError, and ConfigError for ssh_config; then nothing has changed."""
        try:
            await self._begin_to_poll(mine)
        except WhotopError:
            if self._store is not None:
                self._store.release({target.name for target in mine} - self._polled)
            raise

    async def _begin_to_poll(self, mine: Sequence[Target]) -> None:
        if self._monitor is not None:
            await self._monitor.retarget(mine)
            return
        from whotop.monitor.monitor import Monitor

        monitor = Monitor(mine, self._settings, self._clock, self._store)
        await monitor.start()
        self._monitor = monitor

    def _mine(self, targets: Sequence[Target]) -> list[Target]:
        """Those that nobody else polls; from now on this process does."""
        if self._store is None:
            return list(targets)
        claimed = self._store.claim(target.name for target in targets)
        return [target for target in targets if target.name in claimed]

    def _source(self, mine: Sequence[Target]) -> Source:
        """What tells of all the machines: our own polling if they are all ours, else the store."""
        if self._monitor is not None and len(mine) == len(self._targets):
            return self._monitor
        from whotop.store.follow import FollowFeed

        assert self._store is not None
        return FollowFeed(self._store, clock=self._clock, machines={target.name for target in self._targets})

    def _told(self, mine: Sequence[Target]) -> None:
        """Note what is ours, and look out for the rest."""
        self._polled = frozenset(target.name for target in mine)
        if self._monitor is not None and self._feed is not None:
            self._feed.polled_here(self._polled, self._monitor)
        is_looking_out = self._taking_over is not None and not self._taking_over.done()
        if len(mine) < len(self._targets) and not is_looking_out:
            self._taking_over = asyncio.create_task(self._take_over())

    async def _take_over(self) -> None:
        """Poll machines as soon as whoever polled them has ended, until all are ours."""
        trouble = ""
        while True:
            await asyncio.sleep(TAKE_OVER_SECONDS)
            async with self._turning:
                try:
                    mine = await self._take_over_the_free()
                except WhotopError as error:
                    if str(error) != trouble:
                        log.warning("machines that are free cannot be taken over yet: %s", error)
                    trouble = str(error)
                    continue
            if len(mine) == len(self._targets):
                return

    async def _take_over_the_free(self) -> list[Target]:
        """Poll those as well that nobody polls any longer; gives all that are ours. Raises StoreError."""
        assert self._store is not None
        assert self._feed is not None
        mine = self._mine(self._targets)
        gained = {target.name for target in mine} - self._polled
        if not gained:
            return mine
        await self._poll(mine)
        log.info("%d machines that another whotop polled are polled here from now on", len(gained))
        source = self._source(mine)
        if source is self._monitor:
            self._feed.turn_to(source)
        self._told(mine)
        return mine

    @property
    def described(self) -> str:
        """How many machines are watched, and how many of them another process polls; in a line."""
        machines = len(self._targets)
        others = machines - len(self._polled)
        polled = f", of which another whotop polls {others}" if others else ""
        return f"{counted(machines, 'machine')}{polled}"

    async def retarget(self, targets: Sequence[Target], settings: WatchSettings | None = None) -> str:
        """Watch these from now on, and as ``settings`` say; one line that says what became of it.

        Where it is kept, and how machines are reached, stays as it was.
        """
        async with self._turning:
            if self._feed is None:
                return "nothing was changed: the store is still being opened"
            try:
                changed = await self._settle(settings or self._settings)
            except WhotopError as error:
                return f"nothing was changed: {error}"
            told = await self._retarget(self._feed, targets)
            return f"{told}; changed: {', '.join(changed)}" if changed else told

    async def _settle(self, settings: WatchSettings) -> list[str]:
        """Take up settings; gives which of them are different. Raises StoreError; then nothing has changed."""
        before = self._settings
        after = replace(settings, collect=before.collect, store=before.store)
        if self._monitor is not None:
            await self._monitor.settle(after)
        if self._store is not None:
            self._store.keep_for(after.retention)
        self._settings = after
        return _changes(before, after)

    async def _retarget(self, feed: HandoverFeed, targets: Sequence[Target]) -> str:
        told = difference(self._targets, targets)
        mine = self._mine(targets)
        try:
            if mine or self._monitor is not None:
                await self._poll(mine)
        except WhotopError as error:
            return f"the machines stay as they were: {error}"
        self._targets = targets
        source = self._source(mine)
        if not (source is self._monitor and feed.kind == self._monitor.kind):
            feed.turn_to(source, told.removed)
        self._told(mine)
        others = len(targets) - len(mine)
        elsewhere = f"; another whotop polls {others} of them, so reload it there too" if others else ""
        return f"configuration read: {_words(told)}{elsewhere}"

    async def close(self) -> None:
        """Let go of machines and store; safe to call whatever has been opened."""
        if self._taking_over is not None:
            self._taking_over.cancel()
            await asyncio.gather(self._taking_over, return_exceptions=True)
        monitor, self._monitor = self._monitor, None
        store, self._store = self._store, None
        try:
            if monitor is not None:
                await monitor.close()
        finally:
            if store is not None:
                await store.close()


def _changes(before: WatchSettings, after: WatchSettings) -> list[str]:
    """What is set in another way: ``[rules.cpu]``, ``[notify]``; three rules by name, more by their number."""
    old, new = before.rules.tables(), after.rules.tables()
    rules = [f"[rules.{name}]" for name in new if new[name] != old[name]]
    others = {
        "[rules]": before.rules.reopen_seconds == after.rules.reopen_seconds,
        "time_zone": before.zone == after.zone,
        "[notify]": before.notify == after.notify,
        "[usage]": before.usage == after.usage,
        "[store.keep]": before.retention == after.retention,
    }
    named = rules if len(rules) <= RULES_NAMED else [f"{len(rules)} rules"]
    return named + [name for name, is_the_same in others.items() if not is_the_same]


def _words(told: Difference) -> str:
    """``1 machine added, 2 machines removed, 3 machines changed``."""
    counts = {"added": len(told.added), "removed": len(told.removed), "changed": len(told.changed)}
    words = [f"{counted(count, 'machine')} {what}" for what, count in counts.items() if count]
    return ", ".join(words) or "the machines are the same"


@contextlib.asynccontextmanager
async def watching(targets: Iterable[Target], settings: WatchSettings, clock: Clock) -> AsyncIterator[Feed]:
    """Watch for the length of a block."""
    watch = Watch(list(targets), settings, clock)
    try:
        yield await watch.open()
    finally:
        await watch.close()

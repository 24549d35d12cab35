"""Opening a feed: which of this process and another polls the machines, and which feed comes of it.

Each machine has one writer. Of the machines asked for, this process polls those that nobody else
does. If those are all, the feed is live; if they are none, it follows; if they are some, it polls
them and follows the store for all.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from whotop.clock import Clock
from whotop.collect.settings import CollectSettings
from whotop.config.reload import Difference, difference
from whotop.core.feed import Feed
from whotop.core.rules.settings import RuleSettings
from whotop.errors import StoreError
from whotop.model import Target
from whotop.store.retention import RetentionSettings

if TYPE_CHECKING:
    from whotop.monitor.monitor import Monitor
    from whotop.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchSettings:
    """All that it takes to watch."""

    collect: CollectSettings
    rules: RuleSettings = field(default_factory=RuleSettings)
    store: str | Path | None = None
    """Path or URL; None: nothing is kept."""
    retention: RetentionSettings = field(default_factory=RetentionSettings)


class Watch:
    """A feed of some machines, from ``open`` to ``close``."""

    def __init__(self, targets: Sequence[Target], settings: WatchSettings, clock: Clock) -> None:
        self._targets, self._settings, self._clock = targets, settings, clock
        self._store: Store | None = None
        self._monitor: Monitor | None = None

    async def open(self) -> Feed:
        """Begin to watch. Raises StoreError, and ConfigError when ssh_config is wrong.

        asyncssh and SQLAlchemy take half a second to load: they do so in a thread, while the screen
        is drawn and answers.
        """
        module = await asyncio.to_thread(importlib.import_module, "whotop.monitor.monitor")
        if self._settings.store is not None:
            from whotop.store.store import open_store

            self._store = await open_store(self._settings.store, clock=self._clock, retention=self._settings.retention)
        mine = self._mine(self._targets)
        if mine or self._store is None:
            settings = module.MonitorSettings(collect=self._settings.collect, rules=self._settings.rules)
            self._monitor = module.Monitor(mine, settings, self._clock, self._store)
            await self._monitor.start()
        if self._monitor is not None and len(mine) == len(self._targets):
            return self._monitor
        return self._follow()

    def _mine(self, targets: Sequence[Target]) -> list[Target]:
        """Those that nobody else polls; from now on this process does."""
        if self._store is None:
            return list(targets)
        claimed = self._store.claim(target.name for target in targets)
        return [target for target in targets if target.name in claimed]

    def _follow(self) -> Feed:
        from whotop.store.follow import FollowFeed

        assert self._store is not None
        return FollowFeed(self._store, clock=self._clock, machines={target.name for target in self._targets})

    async def retarget(self, targets: Sequence[Target]) -> str:
        """Watch these from now on; one line that says what became of it."""
        if self._monitor is None:
            return "another whotop polls these machines: reload it there"
        told = difference(self._targets, targets)
        try:
            await self._monitor.retarget(self._mine(targets))
        except StoreError as error:
            return f"the machines stay as they were: {error}"
        self._targets = targets
        return f"configuration read: {_words(told)}"

    async def close(self) -> None:
        """Let go of machines and store; safe to call whatever has been opened."""
        monitor, self._monitor = self._monitor, None
        store, self._store = self._store, None
        try:
            if monitor is not None:
                await monitor.close()
        finally:
            if store is not None:
                await store.close()


def _words(told: Difference) -> str:
    """``1 machine added, 2 machines removed, 3 machines changed``."""
    counts = {"added": len(told.added), "removed": len(told.removed), "changed": len(told.changed)}
    words = [f"{count} machine{'s' * (count != 1)} {what}" for what, count in counts.items() if count]
    return ", ".join(words) or "the machines are the same"


@contextlib.asynccontextmanager
async def watching(targets: Iterable[Target], settings: WatchSettings, clock: Clock) -> AsyncIterator[Feed]:
    """Watch for the length of a block."""
    watch = Watch(list(targets), settings, clock)
    try:
        yield await watch.open()
    finally:
        await watch.close()

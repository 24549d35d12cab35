"""The store: one database file, open. ``open_store`` makes it, everything else goes through it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Collection, Iterable
from pathlib import Path

from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncEngine

from whotop.clock import Clock
from whotop.core.feed import Batch, History
from whotop.core.store_size import Contents
from whotop.errors import StoreError
from whotop.store import expire
from whotop.store.alert_claims import AlertClaims
from whotop.store.batch import Restored, WriteBatch
from whotop.store.claims import Claims
from whotop.store.commit import Committer
from whotop.store.contents import contents, intervals_seconds
from whotop.store.deliveries import Deliveries
from whotop.store.engine import failures_in_words, make_engine, make_writing_engine
from whotop.store.forget import Forgotten, forget_user
from whotop.store.history import StoreHistory
from whotop.store.imports import Imports
from whotop.store.marks import Marks
from whotop.store.migrate import migrate
from whotop.store.past_events import PastEvents
from whotop.store.precheck import check_store, store_path
from whotop.store.read import Collector, FleetReader
from whotop.store.restore import restore
from whotop.store.retention import RetentionSettings
from whotop.store.rollup import Rollup
from whotop.store.usage_record import UsageRecord


async def open_store(place: str | Path, *, clock: Clock, retention: RetentionSettings | None = None) -> Store:
    """Open the store at a path or ``sqlite:///`` URL; make or upgrade it where needed.

    Raises StoreTooNewError, or StoreError with one line that says what is wrong.
    """
    path = store_path(place)
    await asyncio.to_thread(make_ready, path)
    return Store(make_engine(path), make_writing_engine(path), path, clock, retention or RetentionSettings())


class Store:
    """An open store. Any number of processes may have it open; one of them writes for each machine."""

    def __init__(
        self, reading: AsyncEngine, writing: AsyncEngine, path: Path, clock: Clock, retention: RetentionSettings
    ) -> None:
        self._reading, self._writing, self._clock, self._retention = reading, writing, clock, retention
        self.path = path
        rollup = Rollup()
        self._claims = Claims(path.with_name(path.name + ".lock"))
        self._alert_claims = AlertClaims(self._claims)
        self._committer = Committer(self._writing, clock, rollup)
        self._reader = FleetReader(reading)
        self.history: History = StoreHistory(reading, path, rollup)
        self.events = PastEvents(reading, path)
        self.imports = Imports(reading, writing, path, clock)
        self.deliveries = Deliveries(reading, writing, path)
        self.marks = Marks(reading, writing, path)
        self.usage_record = UsageRecord(reading, writing, path)

    def keep_for(self, retention: RetentionSettings) -> None:
        """Keep things for so long from now on."""
        self._retention = retention

    def claim(self, machines: Iterable[str]) -> set[str]:
        """Those of ``machines`` that this process may write for, until it releases them or ends."""
        return self._claims.claim(machines)

    def release(self, machines: Iterable[str]) -> None:
        """Let other processes write for these."""
        self._claims.release(machines)

    async def restore(self, machines: Collection[str]) -> Restored:
        """Where whotop left off with these machines, and the alerts over several that no other process judges.

        From now on this process does.
        """
        restored = await self.known(machines)
        return replace(restored, alerts=self._alert_claims.mine(restored.alerts, self._clock.now_us()))

    async def known(self, machines: Collection[str]) -> Restored:
        """The same, with all alerts over several machines, and nothing taken up."""
        with failures_in_words(self.path):
            return await restore(self._reading, machines, self._clock.now_us())

    async def commit(self, batch: WriteBatch) -> int:
        """Write a batch in one transaction and return its revision.

        Raises StoreError (the disk is full, the store is locked); then nothing of it is written, and
        the same batch may be tried again.
        """
        self._alert_claims.take(batch.alerts.values(), self._clock.now_us())
        with failures_in_words(self.path):
            return await self._committer.commit(batch)

    async def beat(self) -> None:
        """Tell followers that this process still polls. A commit does so too."""
        with failures_in_words(self.path):
            await self._committer.beat()

    async def whole(self) -> Batch:
        """The whole fleet as one batch."""
        with failures_in_words(self.path):
            return await self._reader.whole()

    async def changes_since(self, revision: int) -> Batch | None:
        """What was committed after ``revision``; None when nothing was."""
        with failures_in_words(self.path):
            return await self._reader.changes_since(revision)

    async def collectors(self) -> dict[int, Collector]:
        """The processes that last wrote a machine, by number."""
        with failures_in_words(self.path):
            return await self._reader.collectors()

    def polled_by(self, machine: str) -> int | None:
        """The collector that last wrote a machine, as of the last batch read; None if never any."""
        return self._reader.polled_by.get(machine)

    async def contents(self) -> Contents:
        """What it holds."""
        return await contents(self._reading, self.path, self._clock.now_us())

    async def intervals_seconds(self) -> list[float]:
        """How often each machine is sampled that was watched last."""
        return await intervals_seconds(self._reading, self.path)

    async def forget_user(self, user: str) -> Forgotten:
        """Delete what is kept of a person; usage still counts somebody."""
        return await forget_user(self._writing, self.path, user, self._clock.now_us())

    async def expire(self, now_us: int) -> int:
        """Condense ended hours and delete what is too old, in small steps; how many rows left."""
        with failures_in_words(self.path):
            await expire.condense_hours(self._writing, now_us)
            return await expire.expire(self._writing, now_us, self._retention)

    async def close(self) -> None:
        """Write what is held back, say that this process polls no longer, and free its machines."""
        try:
            with failures_in_words(self.path):
                await self._committer.leave()
        finally:
            await self._writing.dispose()
            await self._reading.dispose()
            self._claims.close()


def make_ready(path: Path) -> None:
    """Make the file and its tables, or bring them to the newest schema. Takes a thread's time."""
    check_store(path)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}") from error
    with failures_in_words(path):
        migrate(path)

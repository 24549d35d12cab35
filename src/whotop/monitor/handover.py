"""A feed that passes from one source to another while it is read: the machines change hands, the reader stays."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from typing import Protocol

from whotop.clock import Clock
from whotop.core.alert_marks import Mark
from whotop.core.feed import Batch, Feed, History, MachineRemoved
from whotop.model import Process, Session


class Source(Feed, Protocol):
    """A feed that can be left: ``monitor.Monitor`` and ``store.follow.FollowFeed``."""

    def dismiss(self) -> None:
        """End the streams of batches that are being read, once they have told what is known by now."""
        ...


class HandoverFeed:
    """What one source tells, and from ``turn_to`` on what another does, in one stream."""

    def __init__(self, source: Source, clock: Clock) -> None:
        self._source, self._clock = source, clock
        self._polling: Feed | None = None
        self._polled: Collection[str] = ()
        self._gone: set[str] = set()

    def turn_to(self, source: Source, gone: Collection[str] = ()) -> None:
        """Read from ``source`` from now on; ``gone`` are machines that are not asked for any longer."""
        before, self._source = self._source, source
        self._gone |= set(gone)
        before.dismiss()

    def polled_here(self, machines: Collection[str], polling: Feed) -> None:
        """Who can be asked about the processes of which machines."""
        self._polled, self._polling = machines, polling

    @property
    def kind(self) -> str:
        """``live`` where this process polls all the machines, else ``follow``."""
        return self._source.kind

    @property
    def notices(self) -> tuple[str, ...]:
        """Lines for the banner."""
        return self._source.notices

    @property
    def history(self) -> History:
        """The past."""
        return self._source.history

    async def batches(self) -> AsyncIterator[Batch]:
        """The whole fleet, then changes; after a turn the whole fleet again, as the other source has it."""
        while True:
            source = self._source
            async for batch in source.batches():
                yield batch
            if source is self._source:
                return
            if self._gone:
                removed = tuple(MachineRemoved(name) for name in self._gone)
                self._gone = set()
                yield Batch(0, self._clock.now_us(), removed)

    async def mark(self, mark: Mark) -> None:
        """Say something of an alert. Raises AlertResolvedError and StoreError."""
        await self._source.mark(mark)

    async def processes(self, session: Session) -> tuple[Process, ...]:
        """What a session is running now. Raises MachineError."""
        if self._polling is not None and session.machine in self._polled:
            return await self._polling.processes(session)
        return await self._source.processes(session)

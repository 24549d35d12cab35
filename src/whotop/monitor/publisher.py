"""The live feed's heart: gathers changes and hands them to every subscriber as batches.

Changes are gathered for a tenth of a second, so that a thousand machines cost a screen ten batches
a second and not a thousand; a quiet fleet costs nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from whotop.clock import Clock
from whotop.core.feed import AnyChange, Batch
from whotop.core.fleet import Fleet

GATHER_SECONDS = 0.1


class Publisher:
    """Keeps the fleet of this process and feeds any number of replicas of it."""

    def __init__(self, clock: Clock) -> None:
        self.fleet = Fleet()
        self._clock = clock
        self._pending: list[AnyChange] = []
        self._subscribers: set[asyncio.Queue[Batch | None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._is_closed = False
        self._error: BaseException | None = None

    def add(self, change: AnyChange) -> None:
        """Publish a change with the next batch."""
        self._pending.append(change)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(GATHER_SECONDS, self.flush)

    def flush(self) -> None:
        """Publish what has gathered, now."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._pending:
            return
        batch = Batch(self.fleet.revision + 1, self._clock.now_us(), tuple(self._pending))
        self._pending = []
        self.fleet.apply(batch)
        for queue in self._subscribers:
            queue.put_nowait(batch)

    async def batches(self) -> AsyncIterator[Batch]:
        """The whole fleet, then each batch; ends at ``close``, with the error that it was given."""
        self.flush()
        queue: asyncio.Queue[Batch | None] = asyncio.Queue()
        self._subscribers.add(queue)
        try:
            yield self.fleet.whole()
            while not (self._is_closed and queue.empty()) and (batch := await queue.get()) is not None:
                yield batch
        finally:
            self._subscribers.discard(queue)
        if self._error is not None:
            raise self._error

    def dismiss(self) -> None:
        """End the streams that are being read, after what has gathered; new ones may begin."""
        self.flush()
        for queue in self._subscribers:
            queue.put_nowait(None)

    def close(self, error: BaseException | None = None) -> None:
        """Publish what is left and end every subscriber's stream; nobody goes on as if all were well."""
        self.flush()
        self._is_closed, self._error = True, self._error or error
        for queue in self._subscribers:
            queue.put_nowait(None)

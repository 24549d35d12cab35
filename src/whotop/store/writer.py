"""Gathers what is to be kept, and commits it about once a second.

Whatever the disk does, nothing gathered is lost while whotop runs: what could not be written waits
with all that comes after it, cursors stand still with their events, and ``trouble`` says so. Only
samples are bounded, for their figures age; the oldest go first.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

import msgspec

from whotop.clock import MINUTE_US, Clock
from whotop.errors import StoreError
from whotop.model import Alert, Event, Machine, MachineState, Sample, Session
from whotop.model.delivery import Delivery
from whotop.store.batch import StateChange, StateKey, WriteBatch
from whotop.store.uninterrupted import uninterrupted
from whotop.text import counted
from whotop.wire.messages import Cursor

INTERVAL_SECONDS = 1.0
PROMPT_SECONDS = 0.2
"""After anything but samples: somebody may be waiting to see it."""
BEAT_SECONDS = 6.0
"""A quiet writer says this often that it is there; followers give up after 15 s. Longer than the
usual interval of samples: whoever writes those says so too."""
LONGEST_PAUSE_SECONDS = 15.0
SAMPLES_KEPT = 100_000


class Committing(Protocol):
    """What the writer needs of a ``Store``."""

    async def commit(self, batch: WriteBatch) -> int:
        """Write a batch, all or nothing."""
        ...

    async def beat(self) -> None:
        """Say that this process still polls."""
        ...

    async def expire(self, now_us: int) -> int:
        """Delete what is too old."""
        ...


Acknowledge = Callable[[int], None]
"""Called with the revision once what it stands for is in the store."""


class StoreWriter:
    """Takes changes at any rate from the event loop, and writes them in few, large commits."""

    def __init__(self, store: Committing, *, clock: Clock, samples_kept: int = SAMPLES_KEPT) -> None:
        self._store, self._clock, self._samples_kept = store, clock, samples_kept
        self._batch = WriteBatch()
        self.rule_states: Callable[[], Mapping[StateKey, object]] = dict
        """What rules must remember that is new: asked at the moment in which it is settled what a commit carries."""
        self._acknowledge: dict[tuple[str, str], Acknowledge] = {}
        self._machines: dict[str, Machine] = {}
        self._something = asyncio.Event()
        """Anything waits to be written."""
        self._news = asyncio.Event()
        """Somebody may be waiting to see it."""
        self._failures = 0
        self._last_write = clock.monotonic()
        self._expired_us = 0
        self._writing = asyncio.Lock()
        self._failure = ""

    @property
    def trouble(self) -> str | None:
        """Why nothing can be written and what waits, for the banner; None when all is well."""
        if not self._failure or not self.waiting:
            return self._failure or None
        samples = len(self._batch.samples)
        changes = counted(self.waiting - samples, "change")
        return f"{self._failure}; {changes} and {counted(samples, 'sample')} wait to be written"

    @property
    def waiting(self) -> int:
        """How many changes and samples are not written yet."""
        return len(self._batch)

    def machines_with_cursors(self) -> set[str]:
        """Machines whose records wait to be written."""
        return {machine for machine, _ in self._batch.cursors}

    def machine(self, machine: Machine) -> None:
        """A machine as it is now. Nothing is written where only its last sample is newer."""
        before = self._machines.get(machine.name)
        self._machines[machine.name] = machine
        if before is not None and _alike(before, machine):
            return
        if before is None or before.state is not machine.state:
            since_us = machine.state_since_us or self._clock.now_us()
            self._batch.states.append(StateChange(machine.name, since_us, machine.state, machine.reason))
        self._batch.removed.pop(machine.name, None)
        self._batch.machines[machine.name] = machine
        self._tell()

    def machine_removed(self, name: str) -> None:
        """A machine is watched no longer."""
        now_us = self._clock.now_us()
        self._machines.pop(name, None)
        self._batch.machines.pop(name, None)
        self._batch.states.append(StateChange(name, now_us, MachineState.NOT_WATCHED, ""))
        self._batch.removed[name] = now_us
        self._tell()

    def sample(self, sample: Sample, session_count: int) -> None:
        """A reading, and how many sessions the machine had open then."""
        self._batch.samples.append((sample, session_count))
        self._something.set()

    def session(self, session: Session) -> None:
        """A session that opened, got better known, or ended."""
        self._batch.sessions[session.key] = session
        self._tell()

    def event(self, event: Event) -> None:
        """An event, or a correction of one."""
        self._batch.events[event.key] = event
        self._tell()

    def alert(self, alert: Alert) -> None:
        """An alert as it stands now."""
        self._batch.alerts[alert.key] = alert
        self._tell()

    def delivery(self, delivery: Delivery) -> None:
        """A message to somebody, queued with what it tells of; what is queued already stays as it is."""
        self._batch.deliveries.setdefault(delivery.key, delivery)
        self._tell()

    def mark_taken(self, mark_id: int) -> None:
        """A mark that was waiting has been made on its alert, which is handed over as well."""
        self._batch.marks_taken.add(mark_id)
        self._tell()

    def cursor(self, machine: str, origin: str, cursor: Cursor, on_committed: Acknowledge | None = None) -> None:
        """How far an origin has been read: after the events that it covers have been handed over."""
        self._batch.cursors[machine, origin] = cursor
        if on_committed is not None:
            self._acknowledge[machine, origin] = on_committed
        self._tell()

    async def flush(self) -> int | None:
        """Write what waits, now, and return its revision; None when nothing waited.

        Raises StoreError when it cannot be written; it goes on waiting.
        """
        async with self._writing:
            with self._noted():
                return await uninterrupted(self._write())

    async def run(self) -> None:
        """Write for ever, until cancelled. Call ``flush`` afterwards."""
        while True:
            await self._pause()
            try:
                await self.flush()
                with self._noted():
                    await uninterrupted(self._beat())
                    await uninterrupted(self._expire())
            except StoreError:
                continue  # It is told by ``trouble`` and tried again.

    @contextlib.contextmanager
    def _noted(self) -> Iterator[None]:
        """Keep what goes wrong for ``trouble``, until something goes well."""
        try:
            yield
        except StoreError as error:
            self._failures, self._failure = self._failures + 1, str(error)
            raise

    def _tell(self) -> None:
        self._something.set()
        self._news.set()

    async def _pause(self) -> None:
        """Until something is to be written; at rest nothing wakes but the beat."""
        if self._failures:
            await asyncio.sleep(min(INTERVAL_SECONDS * 2 ** (self._failures - 1), LONGEST_PAUSE_SECONDS))
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(BEAT_SECONDS):
                await self._something.wait()
            async with asyncio.timeout(INTERVAL_SECONDS):
                await self._news.wait()
                await asyncio.sleep(PROMPT_SECONDS)

    async def _write(self) -> int | None:
        batch, acknowledge = self._batch, self._acknowledge
        batch.rule_states.update(self.rule_states())
        if not len(batch):
            return None
        self._batch, self._acknowledge = WriteBatch(), {}
        self._something.clear()
        self._news.clear()
        try:
            revision = await self._store.commit(batch)
        except BaseException:
            self._keep(batch, acknowledge)
            raise
        self._written()
        for tell in acknowledge.values():
            tell(revision)
        return revision

    def _keep(self, batch: WriteBatch, acknowledge: dict[tuple[str, str], Acknowledge]) -> None:
        """Put back what could not be written, in front of what has come since."""
        batch.absorb(self._batch)
        del batch.samples[: -self._samples_kept]
        self._batch = batch
        self._acknowledge = acknowledge | self._acknowledge

    async def _beat(self) -> None:
        if self._clock.monotonic() - self._last_write >= BEAT_SECONDS:
            await self._store.beat()
            self._written()

    def _written(self) -> None:
        self._failures, self._failure = 0, ""
        self._last_write = self._clock.monotonic()

    async def _expire(self) -> None:
        now_us = self._clock.now_us()
        if now_us - self._expired_us >= MINUTE_US:
            self._expired_us = now_us
            await self._store.expire(now_us)


def _alike(before: Machine, after: Machine) -> bool:
    if before.last_sample_us == after.last_sample_us:
        return before == after
    return msgspec.structs.replace(before, last_sample_us=after.last_sample_us) == after

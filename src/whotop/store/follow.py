"""The follow feed: another whotop polls the machines, this one reads the store that it writes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection, Iterator

import msgspec

from whotop.clock import Clock
from whotop.core.alert_marks import Mark
from whotop.core.feed import (
    AlertChanged,
    AnyChange,
    Batch,
    EventAdded,
    FailuresCounted,
    History,
    MachineChanged,
    MachineRemoved,
    Sampled,
    SessionChanged,
)
from whotop.errors import MachineError, StoreError
from whotop.model import Machine, MachineState, Process, Session
from whotop.store.filewatch import DatabaseWatch
from whotop.store.read import SILENT_US, Collector
from whotop.store.store import Store

POLL_SECONDS = 0.25
"""How often the file is looked at (two stat calls); the database is asked only after a change."""

FLEET = ""
"""The machine of an alert that concerns the fleet."""


class FollowFeed:
    """Batches read from a store. Machines whose writer has ended are shown as not watched.

    Given ``machines``, only those are shown: a store also remembers some that were watched once.
    """

    kind = "follow"

    def __init__(
        self,
        store: Store,
        *,
        clock: Clock,
        machines: Collection[str] | None = None,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self._store, self._clock, self._poll_seconds = store, clock, poll_seconds
        self._chosen = None if machines is None else frozenset(machines)
        self._watch = DatabaseWatch(store.path)
        self._machines: dict[str, Machine] = {}
        """As they stand in the store."""
        self._unwatched: set[str] = set()
        """Those of them that are shown as not watched."""
        self._collectors: dict[int, Collector] = {}
        self._silent: set[int] = set()
        self._revision = -1
        self._dismissed = asyncio.Event()
        self.notices: tuple[str, ...] = ()

    @property
    def history(self) -> History:
        """The past."""
        return self._store.history

    async def batches(self) -> AsyncIterator[Batch]:
        """The whole fleet, then what the writers commit; after ``dismiss`` what they have committed, and the end."""
        while True:
            is_last = self._dismissed.is_set()
            batch = await self.poll()
            if batch is not None:
                yield batch
            if is_last:
                return
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._poll_seconds):
                    await self._dismissed.wait()

    def dismiss(self) -> None:
        """End ``batches``, once it has told what is committed by now: the reader turns to another feed."""
        self._dismissed.set()

    async def mark(self, mark: Mark) -> None:
        """Leave a mark for the process that polls, which makes it within two seconds. Raises StoreError."""
        await self._store.marks.put(mark)

    async def processes(self, session: Session) -> tuple[Process, ...]:
        """Cannot be asked here: no connection to the machine."""
        raise MachineError(f"only the whotop that polls {session.machine} can ask it")

    async def poll(self) -> Batch | None:
        """What has changed since the last call; the first answers with the whole fleet."""
        now_us = self._clock.now_us()
        read = await self._read() if self._watch.may_have_changed(now_us) else None
        changes = [] if read is None else [self._noted(change) for change in read.changes if self._concerns(change)]
        silent = {number for number in self._collectors if self._is_silent(number)}
        if silent != self._silent:
            self._silent = silent
            changes += self._turned()
        if read is None and not changes:
            return None
        return Batch(self._revision, now_us if read is None else read.time_us, tuple(changes))

    async def _read(self) -> Batch | None:
        try:
            self._collectors = await self._store.collectors()
            first = self._revision < 0
            batch = await (self._store.whole() if first else self._store.changes_since(self._revision))
        except StoreError as error:
            self.notices = (str(error),)
            self._watch = DatabaseWatch(self._store.path)
            return None
        self.notices = ()
        if batch is not None:
            self._revision = batch.revision
        return batch

    def _concerns(self, change: AnyChange) -> bool:
        if self._chosen is None:
            return True
        if isinstance(change, AlertChanged) and change.alert.machines:
            return not self._chosen.isdisjoint(change.alert.machines)
        return machine_of(change) in self._chosen or machine_of(change) == FLEET

    def _noted(self, change: AnyChange) -> AnyChange:
        """Remember a machine; show it as not watched if nobody polls it."""
        match change:
            case MachineChanged():
                self._machines[change.machine.name] = change.machine
                return self._shown(change.machine)
            case MachineRemoved():
                self._machines.pop(change.name, None)
                self._unwatched.discard(change.name)
        return change

    def _turned(self) -> Iterator[MachineChanged]:
        """Machines whose writer has ended, or come back, without a word in the store."""
        for name, machine in self._machines.items():
            if (self._store.polled_by(name) in self._silent) != (name in self._unwatched):
                yield self._shown(machine)

    def _shown(self, machine: Machine) -> MachineChanged:
        number = self._store.polled_by(machine.name)
        collector = None if number is None else self._collectors.get(number)
        if collector is None or not self._is_silent(collector.id):
            self._unwatched.discard(machine.name)
            return MachineChanged(machine)
        self._unwatched.add(machine.name)
        return MachineChanged(
            msgspec.structs.replace(
                machine,
                state=MachineState.NOT_WATCHED,
                state_since_us=collector.ended_us or collector.alive_us,
                reason=f"the whotop that polled it (on {collector.host}, process {collector.pid}) has ended",
            )
        )

    def _is_silent(self, number: int) -> bool:
        collector = self._collectors[number]
        return collector.ended_us is not None or self._clock.now_us() - collector.alive_us > SILENT_US


def machine_of(change: AnyChange) -> str:
    """The name of the machine that a change is about."""
    match change:
        case MachineChanged():
            return change.machine.name
        case MachineRemoved():
            return change.name
        case Sampled():
            return change.sample.machine
        case SessionChanged():
            return change.session.machine
        case EventAdded():
            return change.event.machine
        case AlertChanged():
            return change.alert.machine
        case FailuresCounted():
            return change.machine

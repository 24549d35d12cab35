"""The monitor: one process that polls machines, keeps what happens, and publishes the live feed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection, Coroutine, Iterable

from whotop.clock import Clock
from whotop.collect.collector import Collector
from whotop.core.alert_marks import Mark
from whotop.core.feed import Batch, History
from whotop.core.rules.book import RuleBook
from whotop.core.tracker import SessionTracker
from whotop.errors import AlertResolvedError, StoreError, UnreachableError
from whotop.model import Process, Session, Target, Trouble
from whotop.monitor.changeover import Changeover
from whotop.monitor.intake import Intake
from whotop.monitor.judgement import Judgement
from whotop.monitor.mark_box import MarkBox
from whotop.monitor.memory import FleetHistory
from whotop.monitor.outlet import Outlet
from whotop.monitor.post import Post
from whotop.monitor.publisher import Publisher
from whotop.monitor.resumption import Resumption
from whotop.monitor.settings import MonitorSettings
from whotop.monitor.settling import past_of
from whotop.monitor.turns import Turns
from whotop.monitor.usage_job import UsageJob
from whotop.notify.settings import NotifySettings
from whotop.parse.processes import process
from whotop.store.store import Store
from whotop.store.writer import StoreWriter

SWEEP_SECONDS = 1.0
FLUSH_SECONDS = 5.0
SILENT_INTERVALS = 6
"""A machine that is connected but has sent nothing for so long is connected to anew."""


class Monitor:
    """The live feed of these targets. ``start`` it, read its ``batches``, ``close`` it.

    Without a store nothing is kept and every first contact is one anew.
    """

    kind = "live"

    def __init__(self, targets: Iterable[Target], settings: MonitorSettings, clock: Clock, store: Store | None) -> None:
        self._targets = {target.name: target for target in targets}
        self._settings, self._clock, self._store = settings, clock, store
        self._publisher = Publisher(clock)
        self._writer = None if store is None else StoreWriter(store, clock=clock)
        self._post = self._post_of(settings.notify)
        self._outlet = Outlet(self._publisher, self._writer, self._post)
        self._history: History = FleetHistory(self._publisher.fleet) if store is None else store.history
        self._judgement = Judgement(
            self._outlet, SessionTracker(), RuleBook(settings.rules, locate=settings.locate, zone=settings.zone)
        )
        self._turns = Turns(self._unwritten, self._ask_for_records)
        remember = self._judgement.remember_failure
        self._changeover = None if store is None else Changeover(store.events, remember, self._ask_for_records)
        self._intake = Intake(self._outlet, self._judgement, clock, self._turns, self._changeover)
        self._resumption = Resumption(store, self._intake, self._judgement, self._outlet, self._post, clock)
        self._mark_box = None
        if store is not None and self._writer is not None:
            self._mark_box = MarkBox(store.marks, self._judgement, self._writer)
            self._writer.rule_states = self._judgement.rule_states
        self._collector = Collector(self._targets.values(), self._intake, clock, settings.collect)
        self._intake.acknowledge = self._acknowledge
        self._acknowledged: dict[str, float] = {}
        """When records of each machine were last written to the store, on the monotonic clock."""
        self._tasks: list[asyncio.Task[None]] = []
        self._recording: asyncio.Task[None] | None = None
        """The job that records usage."""
        self._began = clock.monotonic()

    async def start(self) -> None:
        """Take up where the store left off, and begin to connect. Raises StoreError."""
        await self._resumption.begin(self._targets)
        self._publisher.flush()
        self._run(self._collector.run())
        self._run(self._sweep())
        self._run(self._turns.run())
        if self._changeover is not None:
            self._run(self._changeover.run())
        if self._writer is not None:
            self._run(self._writer.run())
        if self._post is not None:
            self._run(self._post.run())
        self._begin_to_record()

    def _begin_to_record(self) -> None:
        if self._store is not None and self._settings.usage is not None:
            job = UsageJob(self._store.usage_record, self._settings.usage, self._clock)
            self._recording = self._run(job.run())

    def _post_of(self, settings: NotifySettings | None) -> Post | None:
        if settings is None:
            return None
        deliveries = None if self._store is None else self._store.deliveries
        return Post(settings, self._targets.values(), self._publisher.fleet, self._clock, self._writer, deliveries)

    def _run(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        task.add_done_callback(self._ended)
        self._tasks.append(task)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A fault of whotop itself ends the feed: no screen goes on to show a fleet that stands still."""
        if not task.cancelled() and (error := task.exception()) is not None:
            self._publisher.close(error)

    def _unwritten(self) -> int:
        return 0 if self._writer is None else self._writer.waiting

    def _ask_for_records(self, machine: str) -> None:
        self._collector.ask_for_records(machine)

    async def close(self) -> None:
        """Let go of the machines, write what waits, and end the feed."""
        await self._collector.close()
        if self._post is not None:
            await self._post.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._judgement.close(self._clock.now_us())
        if self._writer is not None:
            with contextlib.suppress(StoreError, TimeoutError):
                await asyncio.wait_for(self._writer.flush(), FLUSH_SECONDS)
        self._publisher.close()

    async def flush(self) -> None:
        """Write what waits. Raises StoreError."""
        if self._writer is not None:
            await self._writer.flush()

    # --- the feed ------------------------------------------------------------------------------

    @property
    def notices(self) -> tuple[str, ...]:
        """A disk that is full, a store that is locked, a message that cannot be sent."""
        trouble = None if self._writer is None else self._writer.trouble
        unsent = () if self._post is None else self._post.troubles
        return (*unsent,) if trouble is None else (trouble, *unsent)

    async def tell_round(self, reached: Collection[str], seconds: float) -> None:
        """Tell people of a single round, when all of it is known, in at most so long; the rest stays queued.

        The security events of each Windows machine that was reached are told whether there are any or
        not; then all that waits is tried once. It may be called after ``close``. Raises StoreError
        where it cannot even be queued.
        """
        if self._post is None:
            return
        self._post.queue_round(reached)
        if self._writer is not None:
            await self._writer.flush()
        await self._post.drain(seconds)

    @property
    def history(self) -> History:
        """The past: the store's, or the little that is in memory."""
        return self._history

    def batches(self) -> AsyncIterator[Batch]:
        """The whole fleet, then changes as they come."""
        return self._publisher.batches()

    def dismiss(self) -> None:
        """End the streams of batches that are being read: their readers turn to another feed."""
        self._publisher.dismiss()

    async def mark(self, mark: Mark) -> None:
        """Say something of an alert. Raises AlertResolvedError."""
        if not self._judgement.mark(mark):
            raise AlertResolvedError("this alert stands no longer")

    async def processes(self, session: Session) -> tuple[Process, ...]:
        """What a session is running now. Raises MachineError."""
        watched = self._intake.watched.get(session.machine)
        pid = session.leader_pid or session.login_pid
        if watched is None or watched.hello is None or not pid:
            raise UnreachableError("this session's processes cannot be asked for")
        answer = await self._collector.processes(session.machine, pid)
        found = (
            process(
                report.stat,
                report.cmdline,
                clock_us=answer.clock_us,
                uptime=answer.uptime,
                clock_ticks=watched.hello.clock_ticks,
            )
            for report in answer.processes
        )
        return tuple(one for one in found if one is not None)

    # --- the machines --------------------------------------------------------------------------

    def _acknowledge(self, machine: str, origin: str, offset: int) -> None:
        self._acknowledged[machine] = self._clock.monotonic()
        self._collector.acknowledge(machine, origin, offset)

    def quiet(self, machines: Iterable[str], seconds: float) -> list[str]:
        """Those of which no more records came for so long, and of which none wait to be asked for or written."""
        unwritten = set() if self._writer is None else self._writer.machines_with_cursors()
        latest = self._clock.monotonic() - seconds
        return [
            name
            for name in machines
            if name not in unwritten
            and not self._intake.is_waiting(name)
            and self._acknowledged.get(name, self._began) <= latest
        ]

    def let_go(self, machine: str) -> None:
        """Ask a machine no more; it stays as it was last seen, and nothing is made of its silence."""
        self._collector.remove(machine)
        self._intake.let_go(machine)

    def give_up(self, machine: str, reason: str) -> None:
        """Have nothing more to do with a machine, which counts as not reached for this reason."""
        self._collector.remove(machine)
        self._intake.lost(machine, reason, retry_seconds=0.0, trouble=Trouble.UNREACHABLE)

    async def retarget(self, targets: Iterable[Target]) -> None:
        """Watch these from now on: new ones are added, others removed, changed ones connected anew.

        Raises StoreError; then nothing has changed.
        """
        wanted = {target.name: target for target in targets}
        new = [target for name, target in wanted.items() if name not in self._targets]
        if self._writer is not None:
            await self._writer.flush()  # A machine that comes back finds what was last seen of it.
        restored = await self._resumption.restored({target.name for target in new})
        changed = [target for name, target in wanted.items() if self._targets.get(name, target) != target]
        removed = self._targets.keys() - wanted.keys()
        self._targets = wanted
        if self._post is not None:
            self._post.watch(wanted.values())
        self._let_go(removed)
        self._resumption.take_up(new, restored)
        for target in changed:
            self._intake.change(target)
        for target in (*new, *changed):
            self._collector.add(target)
        await self._release(removed)

    async def settle(self, settings: MonitorSettings) -> None:
        """Judge, tell and record usage as these settings say from now on; machines are reached as before.

        What rules remember, the alerts that stand, what was said of them and what waits to be sent stay.
        Raises StoreError; then nothing has changed.
        """
        before = self._settings
        if (settings.rules, settings.zone) != (before.rules, before.zone):
            await self.flush()
            past = await past_of(settings.rules, self._targets.keys(), self._publisher, self._store, self._clock)
            self._judgement.settle(settings.rules, settings.locate, settings.zone, past, self._clock.now_us())
        self._settings = settings
        if self._post is not None and settings.notify is not None and settings.notify != before.notify:
            await self._post.settle(settings.notify)
        if settings.usage != before.usage:
            await self._record_anew()

    async def _record_anew(self) -> None:
        if self._recording is not None:
            self._recording.cancel()
            await asyncio.gather(self._recording, return_exceptions=True)
            self._tasks.remove(self._recording)
            self._recording = None
        self._begin_to_record()

    def _let_go(self, names: Iterable[str]) -> None:
        for name in names:
            self._collector.remove(name)
            self._intake.remove(name)

    async def _release(self, names: Collection[str]) -> None:
        """Let others poll these, once our last word on them is in the store: theirs must come after it.

        While it cannot be written they stay ours, though nobody polls them.
        """
        if self._writer is None or self._store is None or not names:
            return
        with contextlib.suppress(StoreError):
            await self._writer.flush()
            self._store.release(names)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            now_us = self._clock.now_us()
            self._intake.sweep(now_us)
            if self._mark_box is not None:
                await self._mark_box.empty(now_us)
            for name in self._intake.silent(now_us, SILENT_INTERVALS):
                self._collector.reconnect(name)

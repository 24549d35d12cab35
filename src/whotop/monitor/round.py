"""One round over all machines: reach each, read it twice, keep what it tells, judge it, and let go.

What ``whotop collect --once`` does. Everything that a monitor does between its start and its end is done
here too, so that the next round, or a daemon, goes on where this one ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from whotop.clock import Clock
from whotop.core.fleet import Fleet
from whotop.model import Target, Trouble
from whotop.monitor.answers import Answers
from whotop.monitor.monitor import Monitor
from whotop.monitor.opening import WatchSettings
from whotop.monitor.poll import READINGS_APART_SECONDS
from whotop.store.store import Store, open_store

PATIENCE_SECONDS = 45.0
"""Machines that say nothing are given up so long after the last one that did."""
QUIET_SECONDS = 1.0
"""A machine of which no more records came for so long has sent all."""
TELLING_SECONDS = 60.0
"""A mail server that hangs holds up a round for no longer; what is not sent waits for the next one."""
RECORDS_SECONDS = 20.0
"""Machines that never stop writing are not listened to for longer."""
LOOK_SECONDS = 0.25
"""How often it is seen who has told all."""


@dataclass(frozen=True, slots=True)
class Round:
    """What came of it."""

    fleet: Fleet
    """As it was when the last machine had answered."""
    not_reached: dict[str, str]
    """Machines that were not, each with the reason."""
    left: tuple[str, ...]
    """Machines that another process polls on the same store; they were left to it."""

    @property
    def unknown_keys(self) -> int:
        """How many machines were not reached because their host keys are not known, or have changed."""
        return sum(self.fleet.machines[name].trouble is Trouble.HOST_KEY for name in self.not_reached)


def _unseen(_count: int) -> None:
    """Nobody wants to see how far it is."""


async def collect_round(
    targets: Sequence[Target],
    settings: WatchSettings,
    clock: Clock,
    *,
    patience_seconds: float = PATIENCE_SECONDS,
    on_known: Callable[[int], object] = _unseen,
) -> Round:
    """Go round once. ``on_known`` is told how many more machines are done, as they are.

    Raises StoreError when what was found cannot be kept.
    """
    assert isinstance(settings.store, str | Path)
    store = await open_store(settings.store, clock=clock, retention=settings.retention)
    try:
        return await _collected(store, targets, settings, clock, patience_seconds, on_known)
    finally:
        await store.close()


async def _collected(
    store: Store,
    targets: Sequence[Target],
    settings: WatchSettings,
    clock: Clock,
    patience_seconds: float,
    on_known: Callable[[int], object],
) -> Round:
    claimed = store.claim(target.name for target in targets)
    left = tuple(target.name for target in targets if target.name not in claimed)
    on_known(len(left))
    mine = [target for target in targets if target.name in claimed]
    collect = replace(settings.collect, interval_seconds=READINGS_APART_SECONDS)
    monitor = Monitor(mine, replace(settings, collect=collect, usage=None), clock, store)
    await monitor.start()
    answers = Answers(claimed)
    fleet = answers.fleet
    try:
        await _go_round(monitor, answers, patience_seconds, on_known)
    finally:
        await monitor.close()
    await monitor.flush()
    not_reached = {target.name: _reason(fleet, target.name) for target in mine if not fleet.is_up(target.name)}
    await monitor.tell_round(claimed - not_reached.keys(), TELLING_SECONDS)
    return Round(fleet, not_reached, left)


class _Rest:
    """Lets go of machines as soon as they have told all that they have to tell."""

    def __init__(self, monitor: Monitor) -> None:
        self._monitor = monitor
        self._listening: set[str] = set()

    def answered(self, machines: Iterable[str], fleet: Fleet) -> None:
        """These have been read twice, or are not reached: nobody knocks twice in one round."""
        for name in machines:
            if fleet.is_up(name):
                self._listening.add(name)
            else:
                self._monitor.let_go(name)

    async def let_go(self) -> None:
        """For ever, until cancelled."""
        while True:
            for name in self._monitor.quiet(self._listening, QUIET_SECONDS):
                self._listening.remove(name)
                self._monitor.let_go(name)
            await asyncio.sleep(LOOK_SECONDS)

    async def until_nobody_is_left(self) -> None:
        """Return once all who answered have told all, or have been listened to for long enough."""
        for _ in range(round(RECORDS_SECONDS / LOOK_SECONDS)):
            if not self._listening:
                return
            await asyncio.sleep(LOOK_SECONDS)


async def _go_round(
    monitor: Monitor, answers: Answers, patience_seconds: float, on_known: Callable[[int], object]
) -> None:
    """Have every machine read twice and let go of it; give up those that say nothing."""
    rest = _Rest(monitor)
    letting_go = asyncio.create_task(rest.let_go())
    try:
        while answers.awaited:
            try:
                await _read(monitor, answers, rest, patience_seconds, on_known)
            except TimeoutError:
                for name in answers.awaited:
                    monitor.give_up(name, f"no answer within {patience_seconds:.0f} s")
        await rest.until_nobody_is_left()
    finally:
        letting_go.cancel()
        await asyncio.gather(letting_go, return_exceptions=True)


async def _read(
    monitor: Monitor, answers: Answers, rest: _Rest, patience_seconds: float, on_known: Callable[[int], object]
) -> None:
    """Read until all machines have answered. Raises TimeoutError when none has for so long."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(patience_seconds) as patience:
        async for batch in monitor.batches():
            answered = answers.take(batch)
            on_known(len(answered))
            rest.answered(answered, answers.fleet)
            if not answers.awaited:
                return
            if answered:
                patience.reschedule(loop.time() + patience_seconds)


def _reason(fleet: Fleet, name: str) -> str:
    machine = fleet.machines.get(name)
    return machine.reason if machine is not None and machine.reason else "no answer"

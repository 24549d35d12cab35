"""One reading of every machine: what ``whotop report`` prints and what a pipe gets."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import replace

from whotop.clock import Clock
from whotop.core.feed import Feed
from whotop.core.fleet import Fleet
from whotop.model import MachineState, Target
from whotop.monitor.opening import WatchSettings, watching

LONGEST_SECONDS = 45.0
"""A machine that has not answered by then has not been reached."""
READINGS_APART_SECONDS = 1.0
"""CPU is what happened between two readings."""


def _unseen(_count: int) -> None:
    """Nobody wants to see how far it is."""


async def poll_once(
    targets: Sequence[Target],
    settings: WatchSettings,
    clock: Clock,
    on_known: Callable[[int], object] = _unseen,
    history_bytes: int = 0,
) -> Fleet:
    """The fleet after every machine has answered twice, or has said why it does not. It asks for no more history.

    ``on_known`` is told how many more machines are known, as they come.
    """
    import msgspec

    present = replace(settings, store=None, notify=None, collect=replace(settings.collect, history_bytes=history_bytes))
    quick = [msgspec.structs.replace(target, interval_seconds=READINGS_APART_SECONDS) for target in targets]
    fleet = Fleet()
    async with watching(quick, present, clock) as feed:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_SECONDS):
                await _until_known(feed, fleet, {target.name for target in targets}, on_known)
    return fleet


async def _until_known(feed: Feed, fleet: Fleet, names: set[str], on_known: Callable[[int], object]) -> None:
    unknown = names
    async for batch in feed.batches():
        fleet.apply(batch)
        still_unknown = {name for name in unknown if not is_known(fleet, name)}
        on_known(len(unknown) - len(still_unknown))
        unknown = still_unknown
        if not unknown:
            return


def is_known(fleet: Fleet, name: str) -> bool:
    """Whether a machine has answered twice, or is not reached."""
    machine = fleet.machines.get(name)
    if machine is None:
        return False
    if machine.state is MachineState.DOWN:
        return True
    sample = fleet.samples.get(name)
    return machine.state is MachineState.UP and sample is not None and sample.cpu_percent is not None

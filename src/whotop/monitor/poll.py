"""One reading of every machine: what ``whotop report`` prints and what a pipe gets."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import replace

from whotop.clock import Clock
from whotop.core.feed import Feed
from whotop.core.fleet import Fleet
from whotop.model import Target
from whotop.monitor.answers import Answers
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
    answers = Answers(target.name for target in targets)
    async with watching(quick, present, clock) as feed:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_SECONDS):
                await _until_known(feed, answers, on_known)
    return answers.fleet


async def _until_known(feed: Feed, answers: Answers, on_known: Callable[[int], object]) -> None:
    async for batch in feed.batches():
        on_known(len(answers.take(batch)))
        if not answers.awaited:
            return

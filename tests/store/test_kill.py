"""Killed at any instant, whotop resumes with nothing lost and nothing twice."""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from whotop.clock import SystemClock
from whotop.store.store import open_store

WRITER = Path(__file__).with_name("numbered_writer.py")


@pytest.mark.parametrize("kills", [3, pytest.param(100, marks=pytest.mark.long)])
async def test_a_writer_that_is_killed_again_and_again_loses_and_repeats_nothing(place: Path, kills: int) -> None:
    chance = random.Random(kills)
    for _ in range(kills):
        acknowledged = await asyncio.to_thread(_run_and_kill, place, chance.randint(1, 4))
        numbers, reached = await _what_is_stored(place)
        assert numbers == list(range(reached))
        assert reached >= acknowledged


def _run_and_kill(place: Path, commits: int) -> int:
    """Let a writer commit so many times, kill it wherever it is, and return what it last acknowledged."""
    command = [sys.executable, str(WRITER), str(place)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for _ in range(commits):
            line = writer.stdout.readline()
        writer.send_signal(signal.SIGKILL)
        rest = [each for each in writer.stdout if each.endswith("\n")]
    return int((rest or [line])[-1])


async def _what_is_stored(place: Path) -> tuple[list[int], int]:
    store = await open_store(place, clock=SystemClock())
    events = await store.history.events(machine="web-01", limit=1_000_000)
    restored = await store.restore(["web-01"])
    await store.close()
    return [event.time_us for event in reversed(events)], restored.cursors["web-01", "wtmp"].offset

"""A usage job that is killed again and again, then left alone: ``killed_usage.py STORE KILLS SEED``.

This process imports everything and forks; each child goes on from the checkpoint until SIGKILL.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time
from datetime import UTC, datetime

from whotop.clock import ManualClock
from whotop.config.usage_settings import UsageTable
from whotop.monitor.usage_job import Span, aggregate
from whotop.store.store import open_store

TODAY_US = int(datetime(2025, 4, 11, 12, tzinfo=UTC).timestamp()) * 1_000_000
DAY_SECONDS = 0.015
"""About how long a day takes: a kill comes anywhere within one."""


async def run(place: str, tell: int | None) -> None:
    """One run; each day that is begun is a byte."""
    clock = ManualClock(TODAY_US)
    store = await open_store(place, clock=clock)

    def progress(_day: str, _share: float) -> None:
        if tell is not None:
            os.write(tell, b".")

    await aggregate(store.usage_record, UsageTable(), clock, Span(), progress)
    await store.close()


def run_and_kill(place: str) -> None:
    """Let a child begin a few days, and kill it in the midst of one."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        asyncio.run(run(place, writing))
        os._exit(0)
    os.close(writing)
    for _ in range(random.randint(1, 3)):
        os.read(reading, 1)
    time.sleep(random.uniform(0, DAY_SECONDS))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reading)


if __name__ == "__main__":
    random.seed(sys.argv[3])
    for _ in range(int(sys.argv[2])):
        run_and_kill(sys.argv[1])
    asyncio.run(run(sys.argv[1], None))

"""One run of the usage job, with its progress shown: a bar on a terminal, else a line now and then."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from contextlib import AbstractContextManager
from datetime import date

from whotop.analyse.progress import Progress
from whotop.clock import SystemClock
from whotop.config.usage_settings import UsageTable
from whotop.errors import StoreError
from whotop.monitor.usage_job import Recorded, Span, aggregate
from whotop.store.precheck import check_store, store_path
from whotop.store.store import open_store
from whotop.text import counted

TELL_SECONDS = 5.0
"""How often a line is written where there is no terminal."""


def record_usage(place: str, table: UsageTable, start: date | None, end: date | None, *, reset: bool) -> str:
    """Record the days, and say in a line what became of it. Raises UsageError and StoreError."""
    if not store_path(place).exists():
        raise StoreError(f"{place}: there is no store (whotop makes one when it watches)")
    check_store(place)
    with _shown() as progress:
        done = asyncio.run(_run(place, table, Span(start, end, reset), progress))
    if done.first is None:
        return "there is no login to record"
    return f"{counted(done.days, 'day')} recorded, {done.first} to {done.last}: {counted(done.logins, 'login')}"


async def _run(place: str, table: UsageTable, span: Span, progress: Progress) -> Recorded:
    clock = SystemClock()
    store = await open_store(place, clock=clock)
    try:
        return await aggregate(store.usage_record, table, clock, span, progress)
    finally:
        await store.close()


def _shown() -> AbstractContextManager[Progress]:
    if not sys.stderr.isatty():
        return contextlib.nullcontext(_lines())
    from whotop.cli.progress import shown_progress

    return shown_progress()


def _lines() -> Progress:
    clock = SystemClock()
    told_at = clock.monotonic()

    def progress(day: str, share: float) -> None:
        nonlocal told_at
        if clock.monotonic() - told_at >= TELL_SECONDS:
            told_at = clock.monotonic()
            print(f"whotop: recording {day} ({share:.0%})", file=sys.stderr, flush=True)

    return progress

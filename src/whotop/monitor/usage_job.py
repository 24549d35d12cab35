"""The usage job: records day after day who logged in, from where it left off, once a day.

A run that was missed while nobody was there is made up for once. A run that is killed loses at most
the day it was on, and the next one resumes there.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import date
from typing import NamedTuple

from whotop.analyse.progress import Progress
from whotop.clock import SECOND_US, Clock
from whotop.config.schedules import Schedule
from whotop.config.usage_settings import UsageTable
from whotop.config.zones import zone_named
from whotop.core.days import day_at, days_between
from whotop.core.usage import check_range
from whotop.errors import StoreError, UsageError
from whotop.store.usage_logins import Checkpoint
from whotop.store.usage_record import UsageRecord

RETRY_SECONDS = 60.0
"""After a run that the store refused: it is locked, or the disk is full."""
LONGEST_SLEEP_SECONDS = 600.0
"""The clock may be set meanwhile."""
TELL_SECONDS = 5.0
"""How often a long run is logged."""

_log = logging.getLogger(__name__)


class Span(NamedTuple):
    """Which days a run is to record."""

    start: date | None = None
    """None: where the last run left off."""
    end: date | None = None
    """None: today."""
    reset: bool = False
    """Begin again, wherever the last run left off."""


class Recorded(NamedTuple):
    """What a run has done."""

    first: date | None
    """None: there was no login to record."""
    last: date
    days: int
    """Days that were recorded, late ones included."""
    logins: int


async def aggregate(record: UsageRecord, table: UsageTable, clock: Clock, span: Span, progress: Progress) -> Recorded:
    """One run. Raises UsageError for an impossible range or another zone than the record's, and StoreError."""
    zone, now_us = zone_named(table.time_zone), clock.now_us()
    today = day_at(now_us, zone)
    checkpoint, revision = await record.checkpoint(), await record.revision()
    if checkpoint is not None:
        _check_zone(table, checkpoint)
    end = span.end or today
    start = span.start or await _start(record, table, checkpoint if not span.reset else None)
    if start is None:
        return Recorded(None, end, 0, 0)
    if span != Span() or start > end:
        check_range(start, end, today)
    late = [] if checkpoint is None else await record.late_days(checkpoint)
    days = [day for day in late if not start <= day <= end and (table.start is None or day >= table.start)]
    days += days_between(start, end)
    logins = 0
    for place, day in enumerate(days):
        progress(f"{day}", place / len(days))
        recorded = await record.record(
            day, time_zone=table.time_zone, today=today, revision=revision, excluded=table.exclude_users
        )
        logins += recorded.logins
    await record.finish(revision, now_us)
    return Recorded(start, end, len(days), logins)


async def _start(record: UsageRecord, table: UsageTable, checkpoint: Checkpoint | None) -> date | None:
    """Where a run begins that was not told: the checkpoint, else the configured day, else the first login."""
    if checkpoint is not None:
        return checkpoint.next_day
    return table.start or await record.first_day(table.time_zone)


def _check_zone(table: UsageTable, checkpoint: Checkpoint) -> None:
    if checkpoint.time_zone != table.time_zone:
        raise UsageError(
            f"usage is recorded in days of {checkpoint.time_zone}, so it cannot be in days of {table.time_zone}"
            f' (write time_zone = "{checkpoint.time_zone}" in [usage])'
        )


class UsageJob:
    """Runs at the times that the configuration says, for ever."""

    def __init__(self, record: UsageRecord, table: UsageTable, clock: Clock) -> None:
        self._record, self._table, self._clock = record, table, clock
        self._schedule = Schedule(table.schedule)
        self._tried_us: int | None = None
        self._started_us = clock.now_us()
        self._told_at = 0.0

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            pause_seconds = await self.step()
            await asyncio.sleep(pause_seconds)

    async def step(self) -> float:
        """Run if it is time to, and say how many seconds there are until the next look."""
        try:
            due_us = await self._due_us()
            now_us = self._clock.now_us()
            if due_us > now_us:
                return min((due_us - now_us) / SECOND_US, LONGEST_SLEEP_SECONDS)
            await self._run_once()
        except StoreError as error:
            _log.warning("usage is not recorded: %s", error)
            return RETRY_SECONDS
        return 0.0

    async def _due_us(self) -> int:
        """When the next run is due after the last one, here or elsewhere; the first one waits for its time."""
        checkpoint = await self._record.checkpoint()
        runs = (self._tried_us, None if checkpoint is None else checkpoint.ran_us)
        return self._schedule.next_us(max((run for run in runs if run is not None), default=self._started_us))

    async def _run_once(self) -> None:
        now_us, self._told_at = self._clock.now_us(), self._clock.monotonic()
        try:
            done = await aggregate(self._record, self._table, self._clock, Span(), self._tell)
        except UsageError as error:
            self._tried_us = now_us
            _log.warning("usage is not recorded: %s", error)
            return
        self._tried_us = now_us
        _log.info("usage recorded up to %s: days %d, logins %d", done.last, done.days, done.logins)

    def _tell(self, day: str, share: float) -> None:
        if self._clock.monotonic() - self._told_at >= TELL_SECONDS:
            self._told_at = self._clock.monotonic()
            _log.info("recording usage: %s (%.0f %%)", day, share * 100)

"""Records the usage of days: who logged in, once and for years.

Each day is one transaction, and the checkpoint moves with it: killed anywhere, the next run resumes
at the day it was on. What is recorded only grows: a day that is counted again keeps what its
expired events once told, and gains what late ones tell.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from whotop.config.zones import zone_named
from whotop.core.days import day_at, day_number
from whotop.core.periods import Period
from whotop.store.dialect import Insert, upsert
from whotop.store.engine import failures_in_words
from whotop.store.schema import revisions
from whotop.store.transaction import Transaction
from whotop.store.usage_bits import from_bytes
from whotop.store.usage_day import RecordedDay, write_day
from whotop.store.usage_logins import Checkpoint, first_login_us, late_days, read_checkpoint
from whotop.store.usage_tables import usage_checkpoint, usage_day_users, usage_periods

_ONE = 1
"""The number of the checkpoint's row."""
_LOCK = update(revisions).values(number=revisions.c.number).returning(revisions.c.number)
"""Commits come one after the other: all begin by writing this row."""
_NEW_CHECKPOINT = insert(usage_checkpoint)
_ADVANCE = (
    update(usage_checkpoint)
    .where(usage_checkpoint.c.next_day == bindparam("day"))
    .values(next_day=usage_checkpoint.c.next_day + 1)
)


@cache
def _period_upsert(dialect: str) -> Insert:
    return upsert(dialect, usage_periods, ["period", "last_day"], lambda excluded: {"users": excluded["users"]})


class UsageRecord:
    """The part of a store that the usage job writes. All methods raise StoreError."""

    def __init__(self, reading: AsyncEngine, writing: AsyncEngine, place: Path) -> None:
        self._reading, self._writing, self._place = reading, writing, place

    async def checkpoint(self) -> Checkpoint | None:
        """Where the record stands; None before the first day."""
        with failures_in_words(self._place):
            async with self._reading.begin() as connection:
                return await read_checkpoint(connection)

    async def revision(self) -> int:
        """The last commit: what comes after it is late for the days that are recorded now."""
        with failures_in_words(self._place):
            async with self._reading.begin() as connection:
                return int((await connection.execute(select(revisions.c.number))).scalar_one())

    async def first_day(self, time_zone: str) -> date | None:
        """The day of the oldest login that the events still tell."""
        with failures_in_words(self._place):
            async with self._reading.begin() as connection:
                time_us = await first_login_us(connection)
        return None if time_us is None else day_at(time_us, zone_named(time_zone))

    async def late_days(self, checkpoint: Checkpoint) -> list[date]:
        """Days before the checkpoint of which events have come since, in their order."""
        with failures_in_words(self._place):
            async with self._reading.begin() as connection:
                return await late_days(connection, checkpoint, zone_named(checkpoint.time_zone))

    async def record(
        self, day: date, *, time_zone: str, today: date, revision: int, excluded: Collection[str] = ()
    ) -> RecordedDay:
        """Record a day; the checkpoint moves on if it stood there and the day is over.

        ``revision`` is that of the run's beginning.
        """
        with failures_in_words(self._place):
            async with self._writing.begin() as connection:
                transaction = Transaction(connection, (await connection.execute(_LOCK)).scalar_one(), 0)
                recorded = await write_day(transaction, day, zone_named(time_zone), excluded)
                next_day = await _move_on(connection, day, time_zone, revision, is_over=day < today)
                await _count_periods(transaction, day, next_day, recorded.users)
        return recorded

    async def finish(self, revision: int, now_us: int) -> None:
        """Note that a run has come to its end, and that what had come before ``revision`` is in."""
        done = update(usage_checkpoint).values(revision=revision, ran_us=now_us)
        with failures_in_words(self._place):
            async with self._writing.begin() as connection:
                await connection.execute(done)


async def _move_on(connection: AsyncConnection, day: date, time_zone: str, revision: int, *, is_over: bool) -> date:
    """Where the checkpoint stands after a day."""
    before = await read_checkpoint(connection)
    reached = day + timedelta(days=is_over)
    if before is None:
        row = {"id": _ONE, "time_zone": time_zone, "next_day": day_number(reached), "revision": revision}
        await connection.execute(_NEW_CHECKPOINT, row)
        return reached
    if before.next_day != day or not is_over:
        return before.next_day
    await connection.execute(_ADVANCE, {"day": day_number(day)})
    return reached


async def _count_periods(transaction: Transaction, day: date, next_day: date, users_of_day: int) -> None:
    """Count each period of the day anew that is finished."""
    rows = []
    for period in Period:
        last = period.last_day(day)
        if last < next_day:
            is_day = period is Period.DAY
            users = users_of_day if is_day else await _users_between(transaction, period.first_day(day), last)
            rows.append({"period": period.value, "last_day": day_number(last), "users": users})
    await transaction.write(_period_upsert(transaction.dialect), rows)


async def _users_between(transaction: Transaction, first: date, last: date) -> int:
    span = usage_day_users.c.day.between(day_number(first), day_number(last))
    users = 0
    for (members,) in await transaction.connection.execute(select(usage_day_users.c.members).where(span)):
        users |= from_bytes(members)
    return users.bit_count()

"""Records the usage of days: who logged in, once and for years.

Each day is one transaction, and the checkpoint moves with it: killed anywhere, the next run resumes
at the day it was on. What is recorded only grows: a day that is counted again keeps what its
expired events once told, and gains what late ones tell.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Set
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from whotop.config.zones import zone_named
from whotop.core.days import day_at, day_number
from whotop.core.periods import Period
from whotop.store.dialect import Insert, upsert
from whotop.store.engine import failures_in_words
from whotop.store.schema import revisions
from whotop.store.transaction import ROWS_AT_ONCE, Transaction
from whotop.store.usage_logins import (
    Checkpoint,
    Logins,
    first_login_us,
    late_days,
    merged,
    read_checkpoint,
    told_logins,
)
from whotop.store.usage_tables import usage_checkpoint, usage_day_users, usage_days, usage_periods, usage_users

_ONE = 1
"""The number of the checkpoint's row."""
_LOCK = update(revisions).values(number=revisions.c.number).returning(revisions.c.number)
"""Commits come one after the other: all begin by writing this row."""
_NEW_USER, _NEW_CHECKPOINT = insert(usage_users), insert(usage_checkpoint)
_ADVANCE = (
    update(usage_checkpoint)
    .where(usage_checkpoint.c.next_day == bindparam("day"))
    .values(next_day=usage_checkpoint.c.next_day + 1)
)


@cache
def _day_upsert(dialect: str) -> Insert:
    """Logins of a day; a count only grows."""
    return upsert(
        dialect,
        usage_days,
        ["day", "user_number", "machine_id", "source"],
        lambda excluded: {"logins": excluded["logins"]},
        lambda excluded: excluded["logins"] > usage_days.c.logins,
    )


@cache
def _day_users_upsert(dialect: str) -> Insert:
    counted = ("users", "logins", "members")
    return upsert(dialect, usage_day_users, ["day"], lambda excluded: {name: excluded[name] for name in counted})


@cache
def _period_upsert(dialect: str) -> Insert:
    return upsert(dialect, usage_periods, ["period", "last_day"], lambda excluded: {"users": excluded["users"]})


class RecordedDay(NamedTuple):
    """What one day came to."""

    users: int
    logins: int


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
                logins = merged([await told_logins(connection, day, zone_named(time_zone))], excluded)
                numbers = await _numbered(transaction, {who.user for who in logins})
                recorded = await _write_day(transaction, day, logins, numbers)
                next_day = await _move_on(connection, day, time_zone, revision, is_over=day < today)
                await _count_periods(transaction, day, next_day, recorded.users)
        return recorded

    async def finish(self, revision: int, now_us: int) -> None:
        """Note that a run has come to its end, and that what had come before ``revision`` is in."""
        done = update(usage_checkpoint).values(revision=revision, ran_us=now_us)
        with failures_in_words(self._place):
            async with self._writing.begin() as connection:
                await connection.execute(done)


async def _write_day(transaction: Transaction, day: date, logins: Logins, numbers: Mapping[str, int]) -> RecordedDay:
    number = day_number(day)
    rows = (
        {
            "day": number,
            "user_number": numbers[who.user],
            "machine_id": who.machine_id,
            "source": who.source,
            "logins": count,
        }
        for who, count in logins.items()
    )
    await transaction.write(_day_upsert(transaction.dialect), rows)
    return await _write_users(transaction, number, numbers.values())


async def _numbered(transaction: Transaction, names: Set[str]) -> dict[str, int]:
    """The numbers of users; those who are new get the next ones, in the order of their names."""
    numbers = await user_numbers(transaction.connection, names)
    if len(numbers) == len(names):
        return numbers
    highest = (await transaction.connection.execute(select(func.max(usage_users.c.number)))).scalar_one()
    free = 0 if highest is None else highest + 1
    new = {name: free + place for place, name in enumerate(sorted(names - numbers.keys()))}
    await transaction.write(_NEW_USER, ({"number": number, "name": name} for name, number in new.items()))
    return numbers | new


async def user_numbers(connection: AsyncConnection, names: Collection[str]) -> dict[str, int]:
    """The numbers of those users who have one."""
    numbers: dict[str, int] = {}
    ordered = sorted(names)
    for start in range(0, len(ordered), ROWS_AT_ONCE):
        page = ordered[start : start + ROWS_AT_ONCE]
        known = select(usage_users.c.name, usage_users.c.number).where(usage_users.c.name.in_(page))
        numbers.update((name, number) for name, number in await connection.execute(known))
    return numbers


async def _write_users(transaction: Transaction, number: int, users: Iterable[int]) -> RecordedDay:
    """The users of a day as bits; a day without any has no row."""
    connection = transaction.connection
    known = select(usage_day_users.c.members).where(usage_day_users.c.day == number)
    before = (await connection.execute(known)).scalar_one_or_none()
    members = with_bits(from_bytes(before or b""), users)
    if not members:
        return RecordedDay(0, 0)
    of_day = select(func.sum(usage_days.c.logins)).where(usage_days.c.day == number)
    recorded = RecordedDay(members.bit_count(), int((await connection.execute(of_day)).scalar_one()))
    row = {"day": number, "users": recorded.users, "logins": recorded.logins, "members": to_bytes(members)}
    await connection.execute(_day_users_upsert(transaction.dialect), row)
    return recorded


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


def from_bytes(members: bytes) -> int:
    """The bits in a column."""
    return int.from_bytes(members, "little")


def to_bytes(members: int) -> bytes:
    """The column for bits."""
    return members.to_bytes((members.bit_length() + 7) // 8, "little")


def with_bits(members: int, numbers: Iterable[int]) -> int:
    """Bits with some more of them set."""
    found = bytearray(to_bytes(members))
    for number in numbers:
        place = number >> 3
        if place >= len(found):
            found.extend(bytes(place + 1 - len(found)))
        found[place] |= 1 << (number & 7)
    return from_bytes(bytes(found))

"""Writes one day of the record of usage: the database does it all, for it has the events."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, tzinfo
from functools import cache
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from whotop.core.days import day_number
from whotop.core.user_bits import bits_of
from whotop.store.dialect import Insert, upsert
from whotop.store.schema import events
from whotop.store.transaction import ROWS_AT_ONCE, Transaction
from whotop.store.usage_bits import to_bytes
from whotop.store.usage_logins import logins_of_day
from whotop.store.usage_tables import usage_day_users, usage_days, usage_users

_KEY = ("day", "user_number", "machine_id", "source")
_NEW_USER = insert(usage_users)


class RecordedDay(NamedTuple):
    """What one day came to."""

    users: int
    logins: int


async def write_day(transaction: Transaction, day: date, zone: tzinfo, excluded: Collection[str]) -> RecordedDay:
    """Add to a day what the events tell of it: counts only grow."""
    told = logins_of_day(day, zone)
    if excluded:
        told = (*told, events.c.user_name.not_in(excluded))
    await _number_users(transaction, told)
    number = day_number(day)
    await transaction.connection.execute(day_insert(transaction.dialect, number, told))
    return await _write_users(transaction, number)


def day_insert(dialect: str, number: int, told: Iterable[ColumnElement[bool]]) -> Insert:
    """What makes a day's rows of the events that ``told`` finds, whose users have numbers."""
    logins = (
        select(literal(number), usage_users.c.number, events.c.machine_id, events.c.source, func.count())
        .join(usage_users, usage_users.c.name == events.c.user_name)
        .where(*told)
        .group_by(usage_users.c.number, events.c.machine_id, events.c.source)
    )
    return _day_upsert(dialect).from_select([*_KEY, "logins"], logins)


async def _number_users(transaction: Transaction, told: Iterable[ColumnElement[bool]]) -> None:
    """Users who are new get the next numbers, in the order of their names."""
    connection = transaction.connection
    is_known = select(usage_users.c.number).where(usage_users.c.name == events.c.user_name).exists()
    unknown = select(events.c.user_name).where(*told, ~is_known).distinct()
    names = sorted((await connection.execute(unknown)).scalars())
    if names:
        highest = (await connection.execute(select(func.max(usage_users.c.number)))).scalar_one()
        free = 0 if highest is None else highest + 1
        await transaction.write(_NEW_USER, ({"number": free + place, "name": name} for place, name in enumerate(names)))


async def _write_users(transaction: Transaction, number: int) -> RecordedDay:
    """The users of a day as bits; a day without any has no row."""
    users = (
        select(usage_days.c.user_number, func.sum(usage_days.c.logins))
        .where(usage_days.c.day == number)
        .group_by(usage_days.c.user_number)
    )
    found = (await transaction.connection.execute(users)).all()
    if not found:
        return RecordedDay(0, 0)
    recorded = RecordedDay(len(found), sum(int(logins) for _, logins in found))
    members = to_bytes(bits_of(user for user, _ in found))
    row = {"day": number, "users": recorded.users, "logins": recorded.logins, "members": members}
    await transaction.connection.execute(_day_users_upsert(transaction.dialect), row)
    return recorded


async def user_numbers(connection: AsyncConnection, names: Collection[str]) -> dict[str, int]:
    """The numbers of those users who have one."""
    numbers: dict[str, int] = {}
    ordered = sorted(names)
    for start in range(0, len(ordered), ROWS_AT_ONCE):
        page = ordered[start : start + ROWS_AT_ONCE]
        known = select(usage_users.c.name, usage_users.c.number).where(usage_users.c.name.in_(page))
        numbers.update((name, number) for name, number in await connection.execute(known))
    return numbers


@cache
def _day_upsert(dialect: str) -> Insert:
    return upsert(
        dialect,
        usage_days,
        _KEY,
        lambda excluded: {"logins": excluded["logins"]},
        lambda excluded: excluded["logins"] > usage_days.c.logins,
    )


@cache
def _day_users_upsert(dialect: str) -> Insert:
    counted = ("users", "logins", "members")
    return upsert(dialect, usage_day_users, ["day"], lambda excluded: {name: excluded[name] for name in counted})

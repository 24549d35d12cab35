"""The logins of days, from events and from what was recorded of them: what is asked of both tables.

The two may disagree: events expire, and late ones come. A day's logins are the larger of the two
for each machine, user and source.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, tzinfo
from typing import NamedTuple, TypeAlias

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from whotop.clock import MINUTE_US
from whotop.core.days import day_at, day_number, day_span_us, numbered_day
from whotop.model import EventKind
from whotop.store.schema import events
from whotop.store.usage_tables import usage_checkpoint, usage_days, usage_users

QUARTER_US = 15 * MINUTE_US
"""Every zone's days begin at a quarter of an hour."""

_IS_LOGIN = (events.c.kind == EventKind.LOGIN.value, events.c.user_name != "")


class Who(NamedTuple):
    """Whose logins, on what, from where."""

    machine_id: int
    user: str
    source: str


Logins: TypeAlias = dict[Who, int]


class Checkpoint(NamedTuple):
    """How far usage is recorded."""

    time_zone: str
    next_day: date
    """The first day that is not finished."""
    revision: int
    """Events up to this commit are in the days before it."""
    ran_us: int | None
    """When the job last came to its end."""


async def read_checkpoint(connection: AsyncConnection) -> Checkpoint | None:
    """Where the record stands; None before the first day."""
    table = usage_checkpoint.c
    found = await connection.execute(select(table.time_zone, table.next_day, table.revision, table.ran_us))
    row = found.one_or_none()
    return None if row is None else Checkpoint(row.time_zone, numbered_day(row.next_day), row.revision, row.ran_us)


async def first_login_us(connection: AsyncConnection) -> int | None:
    """When the oldest login was that the events still tell; its time on whotop's clock."""
    oldest = select(events.c.fleet_time_us).where(*_IS_LOGIN).order_by(events.c.fleet_time_us).limit(1)
    return (await connection.execute(oldest)).scalar_one_or_none()


def logins_of_day(day: date, zone: tzinfo) -> tuple[ColumnElement[bool], ...]:
    """The events that are logins of a day."""
    start_us, end_us = day_span_us(day, zone)
    return (*_IS_LOGIN, events.c.fleet_time_us >= start_us, events.c.fleet_time_us < end_us)


async def told_logins(connection: AsyncConnection, day: date, zone: tzinfo) -> Logins:
    """The logins of a day that the events tell."""
    who = (events.c.machine_id, events.c.user_name, events.c.source)
    statement = select(*who, func.count()).where(*logins_of_day(day, zone)).group_by(*who)
    return {Who(machine, user, source): count for machine, user, source, count in await connection.execute(statement)}


async def recorded_logins(connection: AsyncConnection, day: date) -> Logins:
    """The logins of a day that are recorded."""
    statement = (
        select(usage_days.c.machine_id, usage_users.c.name, usage_days.c.source, usage_days.c.logins)
        .join(usage_users, usage_users.c.number == usage_days.c.user_number)
        .where(usage_days.c.day == day_number(day))
    )
    return {Who(machine, user, source): count for machine, user, source, count in await connection.execute(statement)}


async def late_days(connection: AsyncConnection, checkpoint: Checkpoint, zone: tzinfo) -> list[date]:
    """Days before the checkpoint of which events have come since, in their order."""
    end_us, _ = day_span_us(checkpoint.next_day, zone)
    quarter = events.c.fleet_time_us // QUARTER_US
    # "+ 0" keeps SQLite from looking through all events by their time instead of the few new ones.
    statement = (
        select(func.min(events.c.fleet_time_us))
        .where(events.c.revision > checkpoint.revision, *_IS_LOGIN, events.c.fleet_time_us + 0 < end_us)
        .group_by(quarter)
    )
    return sorted({day_at(time_us, zone) for (time_us,) in await connection.execute(statement)})


def merged(parts: Iterable[Logins], excluded: Collection[str] = ()) -> Logins:
    """The larger count of each; without the users who do not count."""
    together: Logins = {}
    for part in parts:
        for who, count in part.items():
            if who.user not in excluded and count > together.get(who, 0):
                together[who] = count
    return together

"""Which days of a question are taken from the record, and which from the events."""

from __future__ import annotations

from datetime import date, timedelta, tzinfo
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from whotop.config.zones import zone_named
from whotop.core.days import day_at, days_between, numbered_day
from whotop.core.usage import UsageQuestion
from whotop.errors import UsageError
from whotop.store.usage_logins import Checkpoint, first_login_us, late_days, read_checkpoint
from whotop.store.usage_tables import usage_day_users

DEFAULT_ZONE = "UTC"


class Scope(NamedTuple):
    """Which days of a range are taken from where."""

    time_zone: str
    zone: tzinfo
    is_recorded: bool
    """Whether the record counts in days of this zone."""
    fresh: frozenset[date]
    """Days that events tell better than the record: unfinished ones, and those that late events came to."""


async def scope_of(connection: AsyncConnection, question: UsageQuestion, first: date, last: date) -> Scope:
    """The scope of the days between two. Raises UsageError where they cannot be counted."""
    checkpoint = await read_checkpoint(connection)
    time_zone = question.time_zone or (checkpoint.time_zone if checkpoint else DEFAULT_ZONE)
    try:
        zone = zone_named(time_zone)
    except ValueError as error:
        raise UsageError(str(error)) from None
    if checkpoint is not None and checkpoint.time_zone == time_zone:
        late = await late_days(connection, checkpoint, zone)
        unfinished = days_between(max(first, checkpoint.next_day), last)
        return Scope(time_zone, zone, True, frozenset([*unfinished, *(day for day in late if first <= day <= last)]))
    oldest_us = await first_login_us(connection)
    if checkpoint is not None:
        await _check_not_expired(connection, checkpoint, oldest_us, first, time_zone)
    fresh = () if oldest_us is None else days_between(max(first, day_at(oldest_us, zone)), last)
    return Scope(time_zone, zone, False, frozenset(fresh))


async def _check_not_expired(
    connection: AsyncConnection, checkpoint: Checkpoint, oldest_us: int | None, first: date, time_zone: str
) -> None:
    """Raise UsageError if the record knows a day, in the range, that the events tell no longer."""
    recorded = (await connection.execute(select(func.min(usage_day_users.c.day)))).scalar_one()
    oldest = None if oldest_us is None else day_at(oldest_us, zone_named(checkpoint.time_zone))
    if recorded is None or (oldest is not None and (oldest <= numbered_day(recorded) or oldest < first)):
        return
    expired = f"those before {oldest + timedelta(days=1)}" if oldest else "all"
    raise UsageError(
        f"days of {time_zone} cannot be counted from {first} on: events have expired ({expired}), and what is kept of"
        f" them are days of {checkpoint.time_zone} (say --time-zone {checkpoint.time_zone}, or a later --start)"
    )

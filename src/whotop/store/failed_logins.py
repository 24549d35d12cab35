"""Counts the failed logins that the store has: what a fleet counts as their events come."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from sqlalchemy import RowMapping, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from whotop.clock import HOUR_US, MINUTE_US
from whotop.core.failure_book import DAY_HOURS, HOUR_MINUTES, FailureKey, Tally
from whotop.model import EventKind
from whotop.store.schema import events

ROWS_AT_ONCE = 500


async def tallies(connection: AsyncConnection, names: Mapping[int, str], now_us: int) -> dict[str, tuple[Tally, ...]]:
    """Of each of these machines (names by number) the failed logins of the last day; of none that has none."""
    found: dict[FailureKey, Tally] = {}
    hours_from_us = (now_us // HOUR_US - DAY_HOURS) * HOUR_US
    async for row in _rows(connection, _counted(HOUR_US, hours_from_us)):
        tally = _tally(found, names, row)
        if tally is not None:
            _add(tally.counts.hours, row)
            if row["last_us"] >= tally.last_us:
                tally.last_us, tally.tty = row["last_us"], row["tty"]
    minutes_from_us = (now_us // MINUTE_US - HOUR_MINUTES) * MINUTE_US
    async for row in _rows(connection, _counted(MINUTE_US, minutes_from_us)):
        tally = _tally(found, names, row)
        if tally is not None:
            _add(tally.counts.minutes, row)
    return _by_machine(found)


async def _rows(connection: AsyncConnection, statement: Select[Any]) -> AsyncIterator[RowMapping]:
    result = await connection.stream(statement)
    async for page in result.mappings().partitions(ROWS_AT_ONCE):
        for row in page:
            yield row


def _add(counts: dict[int, int], row: RowMapping) -> None:
    """Several rows are of one period where terminals differ."""
    counts[row["period"]] = counts.get(row["period"], 0) + row["number"]


def _counted(period_us: int, since_us: int) -> Select[Any]:
    time_us = events.c.fleet_time_us
    about = (events.c.machine_id, events.c.user_name, events.c.source, events.c.tty)
    period = (time_us // period_us).label("period")
    number, last_us = func.count().label("number"), func.max(time_us).label("last_us")
    return (
        select(*about, period, number, last_us)
        .where(events.c.kind == EventKind.FAILED_LOGIN.value, time_us >= since_us)
        .group_by(*about, period)
    )


def _tally(found: dict[FailureKey, Tally], names: Mapping[int, str], row: RowMapping) -> Tally | None:
    name = names.get(row["machine_id"])
    if name is None:
        return None
    key = FailureKey(name, row["user_name"], row["source"])
    return found.setdefault(key, Tally(key))


def _by_machine(found: Mapping[FailureKey, Tally]) -> dict[str, tuple[Tally, ...]]:
    lists: dict[str, list[Tally]] = {}
    for key, tally in found.items():
        lists.setdefault(key.machine, []).append(tally)
    return {machine: tuple(tallies) for machine, tallies in lists.items()}

"""Counts the failed logins that the store keeps of a machine, a user or a source, however old they are."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, Subquery, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from whotop.core.failure_book import FailureKey
from whotop.core.kept_failures import KeptFailures, KeptTally
from whotop.core.names import NameKind
from whotop.store.schema import HAS_FAILED, events, machines

ROWS_READ = 50_000
"""So many of the newest are counted: a source that guesses for a year makes millions."""


async def kept_failures(connection: AsyncConnection, kind: NameKind, name: str, limit: int) -> KeptFailures:
    """The ``limit`` tallies that grew last, and how many logins failed in all."""
    rows = (await connection.execute(statement_for(kind, name, limit))).all()
    if not rows:
        return KeptFailures()
    tallies = tuple(
        KeptTally(FailureKey(row.machine_name, row.user_name, row.source), row.number, row.last_us, row.tty)
        for row in rows
    )
    count = int(rows[0].total)  # PostgreSQL adds numbers of 64 bits up to a decimal
    return KeptFailures(tallies, count, is_all=count < ROWS_READ)


def statement_for(kind: NameKind, name: str, limit: int) -> Select[Any]:
    """One row a tally, with the number of all that were counted beside its own."""
    newest = (
        select(events.c.machine_id, events.c.user_name, events.c.source, events.c.fleet_time_us)
        .where(HAS_FAILED, _is_of(kind, name))
        .order_by(events.c.fleet_time_us.desc())
        .limit(ROWS_READ)
        .subquery("newest")
    )
    about = (newest.c.machine_id, newest.c.user_name, newest.c.source)
    last_us = func.max(newest.c.fleet_time_us)
    counted = (
        select(
            *about,
            last_us.label("last_us"),
            func.count().label("number"),
            func.sum(func.count()).over().label("total"),
        )
        .group_by(*about)
        .order_by(last_us.desc(), *about)
        .limit(limit)
        .subquery("counted")
    )
    return (
        select(counted, machines.c.name.label("machine_name"), _tty_of_latest(counted).label("tty"))
        .join(machines, machines.c.id == counted.c.machine_id)
        .order_by(counted.c.last_us.desc(), counted.c.machine_id, counted.c.user_name, counted.c.source)
    )


def _tty_of_latest(counted: Subquery) -> ScalarSelect[str]:
    same = (getattr(events.c, name) == counted.c[name] for name in ("machine_id", "user_name", "source"))
    return (
        select(events.c.tty)
        .where(HAS_FAILED, *same, events.c.fleet_time_us == counted.c.last_us)
        .limit(1)
        .correlate(counted)
        .scalar_subquery()
    )


def _is_of(kind: NameKind, name: str) -> ColumnElement[bool]:
    match kind:
        case NameKind.MACHINE:
            return events.c.machine_id == select(machines.c.id).where(machines.c.name == name).scalar_subquery()
        case NameKind.USER:
            return events.c.user_name == name
        case NameKind.SOURCE:
            return events.c.source == name

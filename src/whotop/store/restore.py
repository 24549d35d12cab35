"""Where whotop left off: what a collecting process needs before it goes on."""

from __future__ import annotations

from collections.abc import Collection

import msgspec
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from whotop.clock import DAY_US, HOUR_US
from whotop.model import Alert, Machine, Session
from whotop.store.alert_machines import machines_of
from whotop.store.batch import Restored
from whotop.store.failed_logins import tallies
from whotop.store.rows import alert_of, session_of
from whotop.store.rule_states import read_rule_states
from whotop.store.schema import alerts, cursors, machines, sessions
from whotop.wire.messages import Cursor

ENDED_US = 48 * HOUR_US
"""Sessions that ended within this time come back too: a logout record may still correct them."""
RESOLVED_US = DAY_US
"""Alerts that resolved within this time come back too: what returns soon is the same alert again."""
ROWS_AT_ONCE = 500

_decode_machine = msgspec.json.Decoder(Machine).decode
_decode_cursor = msgspec.json.Decoder(Cursor).decode


async def restore(engine: AsyncEngine, names: Collection[str], now_us: int) -> Restored:
    """What is known of these machines, and the open alerts of the fleet."""
    async with engine.begin() as connection:
        known, ids = await _machines(connection, frozenset(names))
        return Restored(
            machines=known,
            sessions=await _sessions(connection, ids, now_us),
            alerts=await _alerts(connection, ids, now_us),
            cursors=await _cursors(connection, ids),
            failures=await tallies(connection, ids, now_us),
            rule_states=await read_rule_states(connection),
        )


async def _machines(connection: AsyncConnection, names: frozenset[str]) -> tuple[dict[str, Machine], dict[int, str]]:
    known, ids = {}, {}
    result = await connection.stream(select(machines.c.id, machines.c.name, machines.c.details))
    async for page in result.partitions(ROWS_AT_ONCE):
        for machine_id, name, details in page:
            if name in names:
                ids[machine_id] = name
                if details is not None:
                    known[name] = _decode_machine(details)
    return known, ids


async def _sessions(connection: AsyncConnection, ids: dict[int, str], now_us: int) -> list[Session]:
    ended_us = sessions.c.fleet_logout_us
    statement = select(sessions).where(or_(ended_us.is_(None), ended_us >= now_us - ENDED_US))
    result = await connection.stream(statement.order_by(sessions.c.login_us))
    return [
        session_of(row, ids[row["machine_id"]])
        async for page in result.mappings().partitions(ROWS_AT_ONCE)
        for row in page
        if row["machine_id"] in ids
    ]


async def _alerts(connection: AsyncConnection, ids: dict[int, str], now_us: int) -> list[Alert]:
    """Open ones, and before them those that may come back."""
    lately = alerts.c.resolved_us >= now_us - RESOLVED_US
    statement = (
        select(alerts)
        .where(or_(alerts.c.resolved_us.is_(None), lately))
        .order_by(alerts.c.resolved_us.is_(None), alerts.c.resolved_us, alerts.c.opened_us)
    )
    several = await machines_of(connection, statement)
    rows = (await connection.execute(statement)).mappings()
    return [
        alert_of(row, ids.get(row["machine_id"], ""), several.get(row["key"], ()))
        for row in rows
        if row["machine_id"] is None or row["machine_id"] in ids
    ]


async def _cursors(connection: AsyncConnection, ids: dict[int, str]) -> dict[tuple[str, str], Cursor]:
    rows = await connection.execute(select(cursors))
    return {(ids[row.machine_id], row.origin): _decode_cursor(row.cursor) for row in rows if row.machine_id in ids}

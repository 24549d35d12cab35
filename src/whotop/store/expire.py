"""What is too old leaves; the minutes of an hour become one row of hours before they do.

All in small steps, each a transaction of its own, so that a commit never waits long.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Select, Table, delete, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncEngine

from whotop.clock import HOUR_US, MINUTE_US, SECOND_US
from whotop.core.feed import MinuteFigures
from whotop.store import chunks, statements
from whotop.store.alert_tables import alert_machines, alert_marks, rule_states
from whotop.store.delivery_tables import deliveries
from whotop.store.import_tables import imported
from whotop.store.retention import RetentionSettings
from whotop.store.schema import (
    alerts,
    events,
    machine_states,
    machines,
    sample_batches,
    sample_chunks,
    sessions,
    watched,
)

ROWS_AT_ONCE = 200
LATE_US = 10 * MINUTE_US
"""How long after its end an hour is condensed: minutes are written a little late."""


async def condense_hours(engine: AsyncEngine, now_us: int) -> int:
    """Write the hours that have ended, and return how many there were."""
    count = 0
    while step := await _condense_step(engine, now_us):
        count += step
    return count


async def _condense_step(engine: AsyncEngine, now_us: int) -> int:
    due = (
        select(sample_chunks.c.id)
        .where(
            sample_chunks.c.resolution_seconds == chunks.MINUTE_SECONDS,
            sample_chunks.c.condensed.is_(False),
            sample_chunks.c.start_us < now_us - HOUR_US - LATE_US,
        )
        .limit(ROWS_AT_ONCE)
    )
    taken = (
        update(sample_chunks)
        .where(sample_chunks.c.id.in_(due), sample_chunks.c.condensed.is_(False))
        .values(condensed=True)
        .returning(sample_chunks.c.machine_id, sample_chunks.c.start_us, sample_chunks.c.figures)
    )
    async with engine.begin() as connection:
        rows = [_hour_row(*row) for row in await connection.execute(taken)]
        if rows:
            await connection.execute(statements.chunk_append(connection.dialect.name), rows)
    return len(rows)


def _hour_row(machine_id: int, start_us: int, text: str) -> dict[str, object]:
    hour: MinuteFigures = chunks.condense(chunks.unpack(text, start_us, chunks.MINUTE_SECONDS), start_us)
    return {
        "machine_id": machine_id,
        "resolution_seconds": chunks.HOUR_SECONDS,
        "start_us": chunks.chunk_start_us(start_us, chunks.HOUR_SECONDS),
        "figures": chunks.pack(hour, chunks.HOUR_SECONDS),
        "condensed": False,
    }


async def expire(engine: AsyncEngine, now_us: int, retention: RetentionSettings) -> int:
    """Delete what is older than ``retention`` says, and return how many rows that were."""
    count = 0
    for table, too_old in _conditions(now_us, retention):
        while step := await _expire_step(engine, table, too_old):
            count += step
    return count


async def _expire_step(engine: AsyncEngine, table: Table, too_old: ColumnElement[bool]) -> int:
    key = tuple_(*table.primary_key)
    some = select(*table.primary_key).where(too_old).limit(ROWS_AT_ONCE)
    async with engine.begin() as connection:
        return (await connection.execute(delete(table).where(key.in_(some)))).rowcount


def _conditions(now_us: int, retention: RetentionSettings) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    yield sample_batches, sample_batches.c.time_us < now_us - retention.raw_seconds * SECOND_US
    yield sample_chunks, _chunk_older(chunks.MINUTE_SECONDS, now_us - retention.minute_seconds * SECOND_US)
    yield sample_chunks, _chunk_older(chunks.HOUR_SECONDS, now_us - retention.hour_seconds * SECOND_US)
    oldest_us = now_us - retention.event_seconds * SECOND_US
    yield events, events.c.fleet_time_us < oldest_us
    yield sessions, sessions.c.fleet_logout_us < oldest_us
    yield imported, imported.c.machine_id.in_(select(machines.c.id)) & (imported.c.time_us < oldest_us)
    yield alert_machines, alert_machines.c.alert_key.in_(_keys_of_alerts(oldest_us))
    yield alerts, alerts.c.resolved_us < oldest_us
    yield alert_marks, alert_marks.c.alert_key.not_in(select(alerts.c.key).where(alerts.c.resolved_us.is_(None)))
    yield deliveries, deliveries.c.due_us.is_(None) & (deliveries.c.created_us < oldest_us)
    yield rule_states, rule_states.c.updated_us < oldest_us
    yield machine_states, machine_states.c.time_us < oldest_us
    yield watched, watched.c.end_us < oldest_us


def _keys_of_alerts(resolved_before_us: int) -> Select[tuple[bytes]]:
    return select(alerts.c.key).where(alerts.c.resolved_us < resolved_before_us)


def _chunk_older(resolution_seconds: int, time_us: int) -> ColumnElement[bool]:
    """A chunk leaves when its last period does."""
    return (
        (sample_chunks.c.resolution_seconds == resolution_seconds)
        & sample_chunks.c.condensed.in_([True, False])
        & (sample_chunks.c.start_us < time_us - chunks.SPAN_US[resolution_seconds])
    )

"""What a Windows machine's Security log has told: asked for where a process ended before it could mail it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from whotop.clock import DAY_US
from whotop.model import Event, Origin
from whotop.store.rows import event_of
from whotop.store.schema import events, machines

ROWS_AT_ONCE = 500


async def security_events(
    connection: AsyncConnection, machine: str, mailed_us: int | None, at_least_us: int
) -> list[Event]:
    """The events of a machine's event log that whotop has seen since its last mail, in the order in which they came.

    Without one, those seen after ``at_least_us``.
    """
    seen_after_us = at_least_us if mailed_us is None else mailed_us
    conditions = [
        machines.c.name == machine,
        events.c.origin == Origin.EVENT_LOG.value,
        events.c.seen_us > seen_after_us,
    ]
    if mailed_us is not None:  # An index leads to them; only those of a first contact are older when they are seen.
        conditions.append(events.c.fleet_time_us > mailed_us - DAY_US)
    statement = select(events).join(machines, machines.c.id == events.c.machine_id).where(*conditions)
    result = await connection.stream(statement.order_by(events.c.id))
    return [event_of(row, machine) async for page in result.mappings().partitions(ROWS_AT_ONCE) for row in page]

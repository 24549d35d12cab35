"""What a store holds: how many rows of each table, since when, and how much of the file is free."""

from __future__ import annotations

from pathlib import Path

import msgspec
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from whotop.clock import DAY_US
from whotop.core.store_size import Contents
from whotop.store.columns import metadata
from whotop.store.engine import failures_in_words
from whotop.store.schema import events, machines, sessions

RATE_OVER_US = 7 * DAY_US
"""Events and sessions a day are those of the last week, or of as much of it as was watched."""
_NOT_COUNTED = frozenset({"revisions", "usage_checkpoint"})


async def contents(engine: AsyncEngine, place: Path, now_us: int) -> Contents:
    """Count what a store holds. Raises StoreError."""
    with failures_in_words(place):
        async with engine.connect() as connection:
            rows = {
                name: (await connection.execute(select(func.count()).select_from(table))).scalar_one()
                for name, table in sorted(metadata.tables.items())
                if name not in _NOT_COUNTED
            }
            first_us = (await connection.execute(select(func.min(events.c.fleet_time_us)))).scalar_one()
            since_us = now_us - RATE_OVER_US
            watched_us = min(RATE_OVER_US, max(now_us - (first_us or now_us), DAY_US))
            recent_events = await connection.execute(
                select(func.count()).select_from(events).where(events.c.fleet_time_us >= since_us)
            )
            recent_sessions = await connection.execute(
                select(func.count()).select_from(sessions).where(sessions.c.fleet_logout_us >= since_us)
            )
            page_bytes = (await connection.execute(text("PRAGMA page_size"))).scalar_one()
            free_pages = (await connection.execute(text("PRAGMA freelist_count"))).scalar_one()
            days = watched_us / DAY_US
            return Contents(
                file_bytes=_size(place),
                free_bytes=page_bytes * free_pages,
                rows=rows,
                first_event_us=first_us,
                events_a_day=recent_events.scalar_one() / days,
                sessions_a_day=recent_sessions.scalar_one() / days,
            )


async def intervals_seconds(engine: AsyncEngine, place: Path) -> list[float]:
    """How often each machine is sampled that was watched last. Raises StoreError."""
    with failures_in_words(place):
        async with engine.connect() as connection:
            watched = machines.c.details.is_not(None) & machines.c.removed_us.is_(None)
            found = await connection.execute(select(machines.c.details).where(watched))
            return [msgspec.json.decode(details, type=_Sampled).interval_seconds for details in found.scalars()]


class _Sampled(msgspec.Struct):
    interval_seconds: float = 5.0


def _size(place: Path) -> int:
    beside = (place, place.with_name(place.name + "-wal"))
    return sum(path.stat().st_size for path in beside if path.exists())

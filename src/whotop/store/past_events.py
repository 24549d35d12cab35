"""The events that a store has, for whoever asks for spans of time or for what came after a revision."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import RowMapping, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from whotop.core.fleet import EVENTS_SINCE_US
from whotop.model import Event, EventKind, Standing
from whotop.store.engine import failures_in_words
from whotop.store.rows import event_of
from whotop.store.schema import events, machines, sessions

ROWS_AT_ONCE = 500
"""Each page is a transaction of its own: who reads slowly keeps no old version of the database alive."""

FAILURES_AT_MOST = 50_000
HABITS_AT_MOST = 200_000


class PastEvents:
    """Reads pages of events; between two pages nothing is held."""

    def __init__(self, engine: AsyncEngine, place: Path) -> None:
        self._engine, self._place = engine, place

    async def newest_first(self, start_us: int, end_us: int) -> AsyncIterator[Event]:
        """Events in [start, end) by whotop's clock, the newest first. Raises StoreError."""
        time, number = events.c.fleet_time_us, events.c.id
        page = _with_machine().where(time >= start_us).order_by(time.desc(), number.desc()).limit(ROWS_AT_ONCE)
        rows = await self._rows(page.where(time < end_us))
        while rows:
            for row in rows:
                yield event_of(row, row["machine_name"])
            if len(rows) < ROWS_AT_ONCE:
                return
            last = rows[-1]
            # The first condition alone can be looked up in the index.
            older = and_(time <= last["fleet_time_us"], or_(time < last["fleet_time_us"], number < last["id"]))
            rows = await self._rows(page.where(older))

    async def after(self, revision: int, until_revision: int, now_us: int) -> AsyncIterator[tuple[int, Event]]:
        """What a feed tells of between two revisions, the latter included: revision and event, in their order.

        History that came to be known at a first contact, or by an import, is left out as a feed
        leaves it out. Raises StoreError.
        """
        number = events.c.id
        page = _with_machine().where(
            events.c.revision <= until_revision,
            or_(events.c.standing != Standing.HISTORY.value, events.c.fleet_time_us >= now_us - EVENTS_SINCE_US),
        )
        page = page.order_by(events.c.revision, number).limit(ROWS_AT_ONCE)
        rows = await self._rows(page.where(events.c.revision > revision))
        while rows:
            for row in rows:
                yield row["revision"], event_of(row, row["machine_name"])
            if len(rows) < ROWS_AT_ONCE:
                return
            last = rows[-1]
            newer = and_(
                events.c.revision >= last["revision"], or_(events.c.revision > last["revision"], number > last["id"])
            )
            rows = await self._rows(page.where(newer))

    async def failures_since(self, start_us: int, limit: int = FAILURES_AT_MOST) -> list[Event]:
        """The newest failed logins since a time, oldest first. Raises StoreError."""
        time, number = events.c.fleet_time_us, events.c.id
        failed = _with_machine().where(time >= start_us, events.c.kind == EventKind.FAILED_LOGIN.value)
        rows = await self._rows(failed.order_by(time.desc(), number.desc()).limit(limit))
        return [event_of(row, row["machine_name"]) for row in reversed(rows)]

    async def newest_failures(self, machine: str, limit: int) -> list[Event]:
        """The newest failed logins of a machine, oldest first. Raises StoreError."""
        time, number = events.c.fleet_time_us, events.c.id
        failed = _with_machine().where(machines.c.name == machine, events.c.kind == EventKind.FAILED_LOGIN.value)
        rows = await self._rows(failed.order_by(time.desc(), number.desc()).limit(limit))
        return [event_of(row, machine) for row in reversed(rows)]

    async def habits(self) -> list[Event]:
        """Of every user and source the first login and the last, for rules that learn. Raises StoreError."""
        time = sessions.c.fleet_login_us
        statement = (
            select(sessions.c.user_name, sessions.c.source, func.min(time).label("first"), func.max(time).label("last"))
            .where(sessions.c.user_name != "")
            .group_by(sessions.c.user_name, sessions.c.source)
            .order_by(func.max(time).desc())
            .limit(HABITS_AT_MOST)
        )
        rows = await self._rows(statement)
        return [_login(row, time_us) for row in reversed(rows) for time_us in (row["first"], row["last"])]

    async def _rows(self, statement: Select[Any]) -> Sequence[RowMapping]:
        with failures_in_words(self._place):
            async with self._engine.begin() as connection:
                rows: Sequence[RowMapping] = (await connection.execute(statement)).mappings().all()
        return rows


def _login(row: RowMapping, time_us: int) -> Event:
    """A login of the past, on whichever machine."""
    return Event(
        machine="",
        kind=EventKind.LOGIN,
        time_us=time_us,
        user=row["user_name"],
        source=row["source"],
        standing=Standing.HISTORY,
    )


def _with_machine() -> Select[Any]:
    return select(events, machines.c.name.label("machine_name")).join(machines, machines.c.id == events.c.machine_id)

"""Answers questions about the past: ``core.feed.History``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import RowMapping, Select, Table, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from whotop.clock import HOUR_US
from whotop.core.feed import MinuteFigures
from whotop.model import Event, Session
from whotop.store import chunks
from whotop.store.engine import failures_in_words
from whotop.store.rollup import Rollup
from whotop.store.rows import event_of, session_of
from whotop.store.schema import events, machines, sample_chunks, sessions

MINUTES_US = 48 * HOUR_US
"""Spans up to this long are answered by the minute, longer ones by the hour."""


class StoreHistory:
    """The past as the store has it, and the minutes that this process has not written yet."""

    def __init__(self, engine: AsyncEngine, place: Path, rollup: Rollup) -> None:
        self._engine, self._place, self._rollup = engine, place, rollup

    async def figures(self, machine: str, start_us: int, end_us: int) -> list[MinuteFigures]:
        """A machine's condensed samples in [start, end), oldest first: minutes, or hours of a long span."""
        read = self._minutes if end_us - start_us <= MINUTES_US else self._hours
        found = await read(machine, start_us, end_us)
        return [figures for figures in found if start_us <= figures.time_us < end_us]

    async def sessions(
        self,
        *,
        machine: str | None = None,
        user: str | None = None,
        source: str | None = None,
        start_us: int = 0,
        limit: int = 500,
    ) -> list[Session]:
        """Sessions of a machine, a user or a source that were open at or after ``start_us``, newest login first."""
        ended_us = sessions.c.fleet_logout_us
        statement = (
            _of(sessions, machine, user, source)
            .where(or_(ended_us.is_(None), ended_us >= start_us))
            .order_by(sessions.c.fleet_login_us.desc(), sessions.c.id.desc())
            .limit(limit)
        )
        return [session_of(row, row["machine_name"]) for row in await self._rows(statement)]

    async def events(self, *, machine: str | None = None, user: str | None = None, limit: int = 500) -> list[Event]:
        """The newest events of a machine or a user, newest first."""
        statement = _of(events, machine, user).order_by(events.c.fleet_time_us.desc(), events.c.id.desc()).limit(limit)
        return [event_of(row, row["machine_name"]) for row in await self._rows(statement)]

    async def _minutes(self, machine: str, start_us: int, end_us: int) -> list[MinuteFigures]:
        stored = await self._stored(machine, chunks.MINUTE_SECONDS, start_us, end_us)
        return chunks.joined([*stored, *self._rollup.unwritten(machine)])

    async def _hours(self, machine: str, start_us: int, end_us: int) -> list[MinuteFigures]:
        stored = await self._stored(machine, chunks.HOUR_SECONDS, start_us, end_us)
        after_us = stored[-1].time_us + HOUR_US if stored else start_us
        minutes = await self._minutes(machine, after_us, end_us)
        return stored + chunks.joined((each for each in minutes if each.time_us >= after_us), HOUR_US)

    async def _stored(self, machine: str, resolution_seconds: int, start_us: int, end_us: int) -> list[MinuteFigures]:
        statement = (
            select(sample_chunks.c.figures, sample_chunks.c.start_us)
            .join(machines)
            .where(
                machines.c.name == machine,
                sample_chunks.c.resolution_seconds == resolution_seconds,
                sample_chunks.c.start_us >= chunks.chunk_start_us(start_us, resolution_seconds),
                sample_chunks.c.start_us < end_us,
            )
            .order_by(sample_chunks.c.start_us)
        )
        return [
            figures
            for row in await self._rows(statement)
            for figures in chunks.unpack(row["figures"], row["start_us"], resolution_seconds)
        ]

    async def _rows(self, statement: Select[Any]) -> Sequence[RowMapping]:
        with failures_in_words(self._place):
            async with self._engine.begin() as connection:
                found: Sequence[RowMapping] = (await connection.execute(statement)).mappings().all()
        return found


def _of(table: Table, machine: str | None, user: str | None, source: str | None = None) -> Select[Any]:
    statement = select(table, machines.c.name.label("machine_name")).join(machines, machines.c.id == table.c.machine_id)
    if machine is not None:
        statement = statement.where(machines.c.name == machine)
    if user is not None:
        statement = statement.where(table.c.user_name == user)
    if source is not None:
        statement = statement.where(table.c.source == source)
    return statement

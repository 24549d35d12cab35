"""Answers questions about the past: ``core.feed.History``."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, Table, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from whotop.clock import HOUR_US
from whotop.core.feed import MinuteFigures, UsageHistory
from whotop.core.kept_failures import KeptFailures
from whotop.core.names import KnownName, NameKind
from whotop.model import Alert, Event, Session
from whotop.model.delivery import Delivery
from whotop.store import chunks
from whotop.store.alert_machines import machines_of
from whotop.store.alert_tables import alert_machines
from whotop.store.engine import failures_in_words
from whotop.store.kept_failures import kept_failures
from whotop.store.names import names_like
from whotop.store.rollup import Rollup
from whotop.store.rows import alert_of, event_of, session_of
from whotop.store.schema import alerts, events, machines, sample_chunks, sessions
from whotop.store.told import told_of
from whotop.store.usage import StoredUsage

MINUTES_US = 48 * HOUR_US
"""Spans up to this long are answered by the minute, longer ones by the hour."""


class StoreHistory:
    """The past as the store has it, and the minutes that this process has not written yet."""

    def __init__(self, engine: AsyncEngine, place: Path, rollup: Rollup) -> None:
        self._engine, self._place, self._rollup = engine, place, rollup
        self.usage: UsageHistory = StoredUsage(engine, place)

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

    async def events(
        self,
        *,
        machine: str | None = None,
        user: str | None = None,
        start_us: int | None = None,
        end_us: int | None = None,
        limit: int = 500,
    ) -> list[Event]:
        """The newest events of a machine or a user in [start, end), newest first."""
        statement = _of(events, machine, user)
        if start_us is not None:
            statement = statement.where(events.c.fleet_time_us >= start_us)
        if end_us is not None:
            statement = statement.where(events.c.fleet_time_us < end_us)
        newest = statement.order_by(events.c.fleet_time_us.desc(), events.c.id.desc()).limit(limit)
        return [event_of(row, row["machine_name"]) for row in await self._rows(newest)]

    async def events_of(self, keys: Collection[bytes]) -> list[Event]:
        """The events that have these keys, as far as they are kept, oldest first."""
        statement = _of(events, None, None).where(events.c.key.in_(keys)).order_by(events.c.fleet_time_us, events.c.id)
        return [event_of(row, row["machine_name"]) for row in await self._rows(statement)]

    async def alerts(self, *, machine: str | None = None, limit: int = 500) -> list[Alert]:
        """The alerts that opened last, newest first, resolved ones as well."""
        chosen = select(alerts).order_by(alerts.c.opened_us.desc(), alerts.c.id.desc()).limit(limit)
        if machine is not None:
            chosen = chosen.where(_concern(machine))
        with failures_in_words(self._place):
            async with self._engine.begin() as connection:
                several = await machines_of(connection, chosen)
                named = chosen.add_columns(machines.c.name.label("machine_name")).outerjoin(
                    machines, machines.c.id == alerts.c.machine_id
                )
                rows = (await connection.execute(named)).mappings().all()
        return [alert_of(row, row["machine_name"] or "", several.get(row["key"], ())) for row in rows]

    async def deliveries(self, alert: bytes) -> list[Delivery]:
        """Who was told of an alert, and what became of it, oldest first."""
        with failures_in_words(self._place):
            async with self._engine.begin() as connection:
                return await told_of(connection, alert)

    async def names_like(self, text: str, kind: NameKind, limit: int = 8) -> list[KnownName]:
        """Names of that kind in which ``text`` occurs in either case, those that begin with it first."""
        with failures_in_words(self._place):
            async with self._engine.begin() as connection:
                return await names_like(connection, text, kind, limit)

    async def failed_logins(self, kind: NameKind, name: str, limit: int = 500) -> KeptFailures:
        """Failed logins on that machine, under that user's name or from that source, however old."""
        with failures_in_words(self._place):
            async with self._engine.begin() as connection:
                return await kept_failures(connection, kind, name, limit)

    async def machine_names(self) -> list[str]:
        """Every machine that anything is kept of, whether it is watched or not."""
        return [row["name"] for row in await self._rows(select(machines.c.name))]

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


def _concern(machine: str) -> ColumnElement[bool]:
    """Whether an alert is about a machine, alone or among others."""
    number = select(machines.c.id).where(machines.c.name == machine).scalar_subquery()
    among = select(alert_machines.c.alert_key).where(alert_machines.c.machine_id == number)
    return or_(alerts.c.machine_id == number, alerts.c.key.in_(among))


def _of(table: Table, machine: str | None, user: str | None, source: str | None = None) -> Select[Any]:
    statement = select(table, machines.c.name.label("machine_name")).join(machines, machines.c.id == table.c.machine_id)
    if machine is not None:
        statement = statement.where(machines.c.name == machine)
    if user is not None:
        statement = statement.where(table.c.user_name == user)
    if source is not None:
        statement = statement.where(table.c.source == source)
    return statement

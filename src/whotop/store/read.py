"""Reads the fleet out of the store as batches: first the whole, then what is newer than a revision.

Each is one transaction, so that what it holds belongs to one revision.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, RowMapping, Select, Table, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from whotop.clock import MINUTE_US, SECOND_US
from whotop.core.feed import (
    AlertChanged,
    AnyChange,
    Batch,
    EventAdded,
    FailuresCounted,
    MachineChanged,
    MachineRemoved,
    Sampled,
    SessionChanged,
)
from whotop.core.fleet import EVENTS_KEPT, EVENTS_SINCE_US
from whotop.model import Machine, Sample, Standing
from whotop.store.alert_machines import machines_of
from whotop.store.failed_logins import tallies
from whotop.store.rows import alert_of, event_of, session_of
from whotop.store.samples import REPEAT_US, SampleReader
from whotop.store.schema import alerts, collectors, events, machines, revisions, sample_batches, sessions

ROWS_AT_ONCE = 500
"""Rows made into values between two breaths of the loop: about 3 ms."""
READINGS_US = 10 * MINUTE_US
"""How far back the readings of a whole fleet reach, for its spark lines…"""
READINGS = 10_000
"""…but no more than this many: of a large fleet each machine gets fewer."""

_decode_machine = msgspec.json.Decoder(Machine).decode


SILENT_US = 15 * SECOND_US
"""A writer that has said nothing for so long has ended, or is cut off."""


class Collector(msgspec.Struct, frozen=True):
    """A process that polls, as it last said."""

    id: int
    host: str
    pid: int
    alive_us: int
    ended_us: int | None


class FleetReader:
    """Reads batches; knows from earlier ones the machines and what their samples carry forward."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._samples = SampleReader()
        self._names: dict[int, str] = {}
        self._shown: dict[int, str] = {}
        """Those of a fleet; not among them are machines known from imported events alone."""
        self.polled_by: dict[str, int] = {}
        """Which collector wrote each machine last."""

    async def whole(self) -> Batch:
        """Machines, their newest sessions and readings, the newest events and open alerts, as of now."""
        self._names, self._shown, self.polled_by = {}, {}, {}
        async with self._engine.begin() as connection:
            number, time_us = await _revision(connection)
            machine_changes = await self._machines(connection, select(machines))
            samples = await self._newest_samples(connection, time_us)
            changes: list[AnyChange] = [*_with_last_sample(machine_changes, samples)]
            changes += await self._sessions(connection, _last_logins())
            changes += await self._sessions(connection, select(sessions).where(sessions.c.fleet_logout_us.is_(None)))
            changes += map(Sampled, samples)
            recent = select(events).where(events.c.fleet_time_us >= time_us - EVENTS_SINCE_US)
            changes += await self._events(connection, recent.order_by(events.c.fleet_time_us.desc()))
            changes += await self._failures(connection, time_us)
            changes += await self._alerts(connection, select(alerts).where(alerts.c.resolved_us.is_(None)))
        return Batch(number, time_us, tuple(changes))

    async def changes_since(self, revision: int) -> Batch | None:
        """What is newer than ``revision``; None when nothing is."""
        async with self._engine.begin() as connection:
            number, time_us = await _revision(connection)
            if number == revision:
                return None
            changes: list[AnyChange] = [*await self._machines(connection, _newer(machines, revision))]
            changes += await self._sessions(connection, _newer(sessions, revision))
            changes += map(Sampled, await self._samples_since(connection, revision))
            # By revision, for which there is an index: by time, all events would be looked through.
            newer = _newer(events, revision).where(_is_no_old_history(time_us))
            added = await self._events(connection, newer.order_by(events.c.revision.desc()))
            changes += added
            if len(added) == EVENTS_KEPT:  # more of them than are told one by one
                changes += await self._failures(connection, time_us)
            changes += await self._alerts(connection, _newer(alerts, revision))
        return Batch(number, time_us, tuple(changes))

    async def collectors(self) -> dict[int, Collector]:
        """The processes that last wrote a machine, by number."""
        columns = [collectors.c[name] for name in Collector.__struct_fields__]
        statement = select(*columns).where(collectors.c.id.in_(select(machines.c.collector_id).distinct()))
        async with self._engine.begin() as connection:
            return {row.id: Collector(*row) for row in await connection.execute(statement)}

    async def _machines(
        self, connection: AsyncConnection, statement: Select[Any]
    ) -> list[MachineChanged | MachineRemoved]:
        changes: list[MachineChanged | MachineRemoved] = []
        async for row in _rows(connection, statement):
            name = self._names[row["id"]] = row["name"]
            if row["details"] is None:
                continue
            if row["removed_us"] is not None:
                self._shown.pop(row["id"], None)
                changes.append(MachineRemoved(name))
                continue
            self._shown[row["id"]] = name
            self.polled_by[name] = row["collector_id"]
            changes.append(MachineChanged(_decode_machine(row["details"])))
        return changes

    async def _sessions(self, connection: AsyncConnection, statement: Select[Any]) -> list[SessionChanged]:
        return [
            SessionChanged(session_of(row, self._shown[row["machine_id"]]))
            async for row in _rows(connection, statement.order_by(sessions.c.login_us))
            if row["machine_id"] in self._shown
        ]

    async def _events(self, connection: AsyncConnection, newest_first: Select[Any]) -> list[EventAdded]:
        """As many as a fleet keeps, the newest last."""
        newest = newest_first.order_by(events.c.id.desc()).limit(EVENTS_KEPT)
        added = [EventAdded(event_of(row, self._names[row["machine_id"]])) async for row in _rows(connection, newest)]
        return added[::-1]

    async def _failures(self, connection: AsyncConnection, now_us: int) -> list[FailuresCounted]:
        found = await tallies(connection, self._shown, now_us)
        return [FailuresCounted(machine, counted) for machine, counted in found.items()]

    async def _alerts(self, connection: AsyncConnection, statement: Select[Any]) -> list[AlertChanged]:
        several = await machines_of(connection, statement)
        return [
            AlertChanged(alert_of(row, self._names.get(row["machine_id"], ""), several.get(row["key"], ())))
            async for row in _rows(connection, statement.order_by(alerts.c.opened_us))
        ]

    async def _samples_since(self, connection: AsyncConnection, revision: int) -> list[Sample]:
        newer = _newer(sample_batches, revision).order_by(sample_batches.c.revision)
        samples: list[Sample] = []
        async for row in _rows(connection, newer):
            samples += self._samples.unpack(row["figures"], row["time_us"], self._shown)
        return samples

    async def _newest_samples(self, connection: AsyncConnection, now_us: int) -> list[Sample]:
        """Readings for the spark lines, oldest first, and of every machine its newest."""
        recent = select(sample_batches).where(sample_batches.c.time_us > now_us - READINGS_US)
        rows, readings = [], 0
        async for row in _rows(
            connection, recent.order_by(sample_batches.c.time_us.desc(), sample_batches.c.id.desc())
        ):
            rows.append(row)
            readings += row["figures"].count("[", 1)
            if readings >= READINGS and row["time_us"] < now_us - 2 * REPEAT_US:
                break
        samples: list[Sample] = []
        for row in reversed(rows):
            samples += self._samples.unpack(row["figures"], row["time_us"], self._shown)
            await asyncio.sleep(0)
        left_out = {sample.machine: sample for sample in samples[:-READINGS]}
        kept = samples[-READINGS:]
        for sample in kept:
            left_out.pop(sample.machine, None)
        return [*left_out.values(), *kept]


async def _revision(connection: AsyncConnection) -> tuple[int, int]:
    row = (await connection.execute(select(revisions.c.number, revisions.c.time_us))).one()
    return row.number, row.time_us


async def _rows(connection: AsyncConnection, statement: Select[Any]) -> AsyncIterator[RowMapping]:
    result = await connection.stream(statement)
    async for page in result.mappings().partitions(ROWS_AT_ONCE):
        for row in page:
            yield row


def _newer(table: Table, revision: int) -> Select[Any]:
    return select(table).where(table.c.revision > revision)


def _is_no_old_history(time_us: int) -> ColumnElement[bool]:
    """What the first contact with a machine brings of long ago is not told as if it had just happened."""
    return or_(events.c.standing != Standing.HISTORY.value, events.c.fleet_time_us >= time_us - EVENTS_SINCE_US)


def _last_logins() -> Select[Any]:
    """Each machine's newest session, open or not."""
    one = sessions.alias()
    newest = (
        select(one.c.id)
        .where(one.c.machine_id == machines.c.id)
        .order_by(one.c.fleet_login_us.desc())
        .limit(1)
        .scalar_subquery()
    )
    return select(sessions).select_from(machines.join(sessions, sessions.c.id == newest))


def _with_last_sample(
    changes: list[MachineChanged | MachineRemoved], samples: list[Sample]
) -> Iterator[MachineChanged | MachineRemoved]:
    """A machine's row is not written with each sample: its time of last contact is that of the sample."""
    newest = {sample.machine: sample.time_us for sample in samples}
    for change in changes:
        if isinstance(change, MachineRemoved):
            continue
        last_us = newest.get(change.machine.name, 0)
        if last_us > change.machine.last_sample_us:
            change = MachineChanged(msgspec.structs.replace(change.machine, last_sample_us=last_us))
        yield change

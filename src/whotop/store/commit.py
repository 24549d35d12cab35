"""Writes one batch in one transaction, stamped with the next revision."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from whotop.clock import HOUR_US, SECOND_US, Clock
from whotop.core.feed import MinuteFigures
from whotop.store import chunks, statements
from whotop.store.alert_machines import AlertMachines
from whotop.store.batch import WriteBatch
from whotop.store.deliveries import delivery_insert, delivery_row
from whotop.store.marks import MARK_TAKEN
from whotop.store.prepared import Row
from whotop.store.rollup import Rollup
from whotop.store.rows import alert_row, event_columns, session_columns
from whotop.store.rule_states import write_rule_states
from whotop.store.samples import SamplePacker
from whotop.store.schema import collectors, watched
from whotop.store.storable import json, number, text
from whotop.store.transaction import Transaction
from whotop.store.watched import SpanPlan, plan_spans

MINUTES_AT_ONCE = 500
"""Ended minutes per commit: those of all machines end together, and need not be written together."""
SILENCE_US = 5 * SECOND_US
"""How long after its end a minute without a further sample counts as ended."""

ALIVE_US = 3 * SECOND_US
"""How often a busy writer says that it is there; followers give up after 15 s."""


class Committer:
    """Writes batches; remembers from commit to commit what it need not look up again."""

    def __init__(self, engine: AsyncEngine, clock: Clock, rollup: Rollup) -> None:
        self._engine, self._clock, self._rollup = engine, clock, rollup
        self._machine_ids: dict[str, int] = {}
        self._collector_id: int | None = None
        self._alive_us = 0
        self._watched: frozenset[str] = frozenset()
        self._packer = SamplePacker()
        self._alert_machines = AlertMachines()

    async def commit(self, batch: WriteBatch) -> int:
        """Write a batch and return its revision. If it raises, nothing of it is written or remembered."""
        now_us = self._clock.now_us()
        self._rollup.end_before(now_us - SILENCE_US)
        minutes = self._rollup.ended(MINUTES_AT_ONCE)
        plan = plan_spans(batch.states, self._watched)
        try:
            async with self._engine.begin() as connection:
                transaction = await self._begin(connection, now_us)
                await transaction.learn_machines({*_names(batch), *(name for name, _ in minutes)}, self._machine_ids)
                await _write_machines(transaction, batch, plan)
                await _write_news(transaction, batch)
                await self._alert_machines.write(transaction, batch.alerts.values())
                await write_rule_states(transaction, batch.rule_states, now_us)
                await transaction.write(MARK_TAKEN, [{"mark_id": mark_id} for mark_id in batch.marks_taken])
                await self._write_samples(transaction, batch, now_us)
                await transaction.write(
                    statements.chunk_append(transaction.dialect), _minute_rows(transaction, minutes)
                )
        except BaseException:
            self._packer.forget()
            self._alert_machines.forget()
            raise
        self._machine_ids.update(transaction.machine_ids)
        self._collector_id, self._watched = transaction.collector_id, plan.watched
        self._rollup.forget(len(minutes))
        self._rollup.add(batch.samples)
        return transaction.revision

    async def beat(self) -> None:
        """Say that this process still polls, where there is nothing else to say."""
        self._alive_us = 0
        async with self._engine.begin() as connection:
            collector_id = await self._alive(connection, self._clock.now_us())
        self._collector_id = collector_id

    async def leave(self) -> None:
        """Write the minutes so far, and say that this process polls no longer."""
        if self._collector_id is None:
            return
        self._rollup.end_before(self._clock.now_us() + HOUR_US)
        while self._rollup.ended(1):
            await self.commit(WriteBatch())
        now_us, mine = self._clock.now_us(), watched.c.collector_id == self._collector_id
        async with self._engine.begin() as connection:
            await connection.execute(
                update(collectors).where(collectors.c.id == self._collector_id).values(alive_us=now_us, ended_us=now_us)
            )
            await connection.execute(update(watched).where(mine, watched.c.end_us.is_(None)).values(end_us=now_us))

    async def _begin(self, connection: AsyncConnection, now_us: int) -> Transaction:
        revision = (await connection.execute(statements.NEXT_REVISION, {"now_us": now_us})).scalar_one()
        return Transaction(connection, revision, await self._alive(connection, now_us))

    async def _alive(self, connection: AsyncConnection, now_us: int) -> int:
        if self._collector_id is not None:
            if abs(now_us - self._alive_us) >= ALIVE_US:
                mine = {"mine": self._collector_id, "now_us": now_us}
                await connection.execute(statements.ALIVE_UPDATE, mine)
                self._alive_us = now_us
            return self._collector_id
        me = {"host": text(socket.gethostname()), "pid": os.getpid(), "started_us": now_us, "alive_us": now_us}
        return int((await connection.execute(insert(collectors).returning(collectors.c.id), me)).scalar_one())

    async def _write_samples(self, transaction: Transaction, batch: WriteBatch, now_us: int) -> None:
        if batch.samples:
            figures = await self._packer.pack(batch.samples, transaction.machine_ids, now_us)
            row = {"time_us": now_us, "figures": figures, "revision": transaction.revision}
            await transaction.write(statements.SAMPLES_INSERT, [row])


def _names(batch: WriteBatch) -> Iterator[str]:
    yield from batch.machines
    yield from batch.removed
    yield from (change.machine for change in batch.states)
    yield from (session.machine for session in batch.sessions.values())
    yield from (event.machine for event in batch.events.values())
    yield from (alert.machine for alert in batch.alerts.values() if alert.machine)
    yield from (name for alert in batch.alerts.values() for name in alert.machines)
    yield from (sample.machine for sample, _ in batch.samples)
    yield from (machine for machine, _ in batch.cursors)


async def _write_machines(transaction: Transaction, batch: WriteBatch, plan: SpanPlan) -> None:
    await transaction.write(statements.MACHINE_UPDATE, _machine_rows(transaction, batch))
    await transaction.write(statements.MACHINE_REMOVAL, _removal_rows(transaction, batch))
    await transaction.write(statements.STATE_INSERT, _state_rows(transaction, batch))
    await transaction.write(statements.SPAN_END, _span_end_rows(transaction, plan))
    await transaction.write(statements.SPAN_INSERT, _span_rows(transaction, plan))


async def _write_news(transaction: Transaction, batch: WriteBatch) -> None:
    ids, revision, dialect = transaction.machine_ids, transaction.revision, transaction.dialect
    alert_rows = (alert_row(alert, ids.get(alert.machine), revision) for alert in batch.alerts.values())
    await transaction.write_all(statements.session_upsert(dialect), batch.sessions.values(), session_columns)
    await transaction.write_all(statements.event_upsert(dialect), batch.events.values(), event_columns)
    await transaction.write(statements.alert_upsert(dialect), alert_rows)
    await transaction.write(statements.cursor_upsert(dialect), _cursor_rows(transaction, batch))
    await transaction.write(delivery_insert(dialect), map(delivery_row, batch.deliveries.values()))


def _machine_rows(transaction: Transaction, batch: WriteBatch) -> Iterator[Row]:
    return (
        {
            "row_id": transaction.machine_ids[machine.name],
            "address": text(machine.address),
            "boot_id": text(machine.boot_id),
            "state": machine.state.value,
            "details": json(machine),
            "collector_id": transaction.collector_id,
            "removed_us": None,
            "revision": transaction.revision,
        }
        for machine in batch.machines.values()
    )


def _removal_rows(transaction: Transaction, batch: WriteBatch) -> Iterator[Row]:
    ids, revision = transaction.machine_ids, transaction.revision
    return ({"row_id": ids[name], "removed_us": when, "revision": revision} for name, when in batch.removed.items())


def _state_rows(transaction: Transaction, batch: WriteBatch) -> Iterator[Row]:
    return (
        {
            "machine_id": transaction.machine_ids[change.machine],
            "time_us": number(change.time_us),
            "state": change.state.value,
            "reason": text(change.reason),
            "revision": transaction.revision,
        }
        for change in batch.states
    )


def _span_end_rows(transaction: Transaction, plan: SpanPlan) -> Iterator[Row]:
    ids, mine = transaction.machine_ids, transaction.collector_id
    return ({"of_machine": ids[name], "mine": mine, "end_us": end_us} for name, end_us in plan.ends.items())


def _span_rows(transaction: Transaction, plan: SpanPlan) -> Iterator[Row]:
    return (
        {
            "machine_id": transaction.machine_ids[span.machine],
            "collector_id": transaction.collector_id,
            "start_us": span.start_us,
            "end_us": span.end_us,
        }
        for span in plan.begins
    )


def _cursor_rows(transaction: Transaction, batch: WriteBatch) -> Iterator[Row]:
    return (
        {"machine_id": transaction.machine_ids[machine], "origin": text(origin), "cursor": json(cursor)}
        for (machine, origin), cursor in batch.cursors.items()
    )


def _minute_rows(transaction: Transaction, minutes: list[tuple[str, MinuteFigures]]) -> Iterator[Row]:
    return (
        {
            "machine_id": transaction.machine_ids[machine],
            "resolution_seconds": chunks.MINUTE_SECONDS,
            "start_us": chunks.chunk_start_us(figures.time_us, chunks.MINUTE_SECONDS),
            "figures": chunks.pack(figures, chunks.MINUTE_SECONDS),
            "condensed": False,
        }
        for machine, figures in minutes
    )

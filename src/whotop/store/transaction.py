"""One commit while it is under way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import UpdateBase

from whotop.store.rows import Row
from whotop.store.schema import machines
from whotop.store.statements import machine_insert
from whotop.store.storable import text

ROWS_AT_ONCE = 500
"""Rows per statement: more would stall the loop for over 5 ms while they are made ready."""


@dataclass(slots=True)
class Transaction:
    """What every step of one commit needs."""

    connection: AsyncConnection
    revision: int
    collector_id: int
    machine_ids: dict[str, int]
    """Of every machine that the commit names. A copy: forgotten if the commit fails."""

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.connection.dialect.name

    async def write(self, statement: UpdateBase, rows: Sequence[Row]) -> None:
        """Execute a statement for many rows, a page at a time."""
        for start in range(0, len(rows), ROWS_AT_ONCE):
            await self.connection.execute(statement, rows[start : start + ROWS_AT_ONCE])

    async def learn_machines(self, names: Iterable[str]) -> None:
        """Give every machine its number; one that is new gets a row of its own."""
        unknown = sorted({name for name in names if name not in self.machine_ids})
        for start in range(0, len(unknown), ROWS_AT_ONCE):
            await self._learn_page(unknown[start : start + ROWS_AT_ONCE])

    async def _learn_page(self, names: list[str]) -> None:
        blank = {"address": "", "boot_id": "", "state": "", "revision": self.revision}
        stored = {name: text(name) for name in names}
        await self.connection.execute(
            machine_insert(self.dialect), [{"name": name, **blank} for name in stored.values()]
        )
        found = await self.connection.execute(
            select(machines.c.name, machines.c.id).where(machines.c.name.in_(stored.values()))
        )
        ids = {row.name: row.id for row in found}
        self.machine_ids.update((name, ids[stored_name]) for name, stored_name in stored.items())

"""One commit while it is under way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import UpdateBase

from whotop.store.prepared import Columns, Row, prepared
from whotop.store.schema import machines
from whotop.store.statements import machine_insert
from whotop.store.storable import text

_Item = TypeVar("_Item")
_Noun = TypeVar("_Noun")
ColumnsOf = Callable[[Sequence[_Noun], Mapping[str, int], int], Columns]
"""Makes columns of nouns, with the numbers of their machines and the revision."""

ROWS_AT_ONCE = 500
"""Rows per statement: more would stall the loop for over 5 ms while they are made ready."""


@dataclass(slots=True)
class Transaction:
    """What every step of one commit needs."""

    connection: AsyncConnection
    revision: int
    collector_id: int
    rows_at_once: int = ROWS_AT_ONCE
    machine_ids: dict[str, int] = field(default_factory=dict)
    """Of every machine that the commit names; good only once it has succeeded."""

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.connection.dialect.name

    async def write(self, statement: UpdateBase, rows: Iterable[Row]) -> None:
        """Execute a statement for many rows of the same columns; they are made a page at a time."""
        for page in self._pages(rows):
            await self._execute(statement, {name: [row[name] for row in page] for name in page[0]})

    async def write_all(self, statement: UpdateBase, nouns: Iterable[_Noun], columns_of: ColumnsOf[_Noun]) -> None:
        """The same for nouns, a page of which becomes columns at once."""
        for page in self._pages(nouns):
            await self._execute(statement, columns_of(page, self.machine_ids, self.revision))

    def _pages(self, items: Iterable[_Item]) -> Iterator[list[_Item]]:
        rest = iter(items)
        while page := list(islice(rest, self.rows_at_once)):
            yield page

    async def _execute(self, statement: UpdateBase, rows: Columns) -> None:
        ready = prepared(statement, self.connection.dialect, tuple(rows))
        await self.connection.exec_driver_sql(*ready.executable(rows))

    async def learn_machines(self, names: Set[str], known: Mapping[str, int]) -> None:
        """Give every machine its number; one that is new gets a row of its own."""
        self.machine_ids.update((name, known[name]) for name in names if name in known)
        unknown = sorted(names - known.keys())
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

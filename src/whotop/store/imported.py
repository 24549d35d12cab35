"""Which events imports have told, so that the same file, whole or grown, is known by them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from whotop.store.dialect import insert_missing
from whotop.store.engine import failures_in_words
from whotop.store.import_tables import imported
from whotop.store.prepared import Columns
from whotop.store.schema import machines
from whotop.store.storable import number, numbers, text
from whotop.store.transaction import Transaction

NAMES_AT_ONCE = 500
_INSERT = {dialect: insert_missing(dialect, imported, tuple(imported.c.keys())) for dialect in ("sqlite", "postgresql")}

_FORGET = delete(imported).where(imported.c.machine_id == bindparam("of"), imported.c.time_us >= bindparam("from_us"))

Mark = tuple[str, int, bytes]
"""A machine, the time of an event by its clock, and which of its events of that time (``core.keys.import_mark``)."""


class Imported:
    """The marks of a store."""

    def __init__(self, reading: AsyncEngine, writing: AsyncEngine, place: Path) -> None:
        self._reading, self._writing, self._place = reading, writing, place

    async def marks_in(self, names: Collection[str], from_us: int, until_us: int) -> set[bytes]:
        """The marks of several machines between two times."""
        found: set[bytes] = set()
        with failures_in_words(self._place):
            async with self._reading.begin() as connection:
                for page in _pages(names):
                    of_them = imported.c.machine_id.in_(select(machines.c.id).where(machines.c.name.in_(page)))
                    within = imported.c.time_us.between(number(from_us), number(until_us))
                    rows = await connection.execute(select(imported.c.mark).where(of_them, within))
                    found.update(rows.scalars())
        return found

    async def mark(self, marks: Sequence[Mark], anew_us: Mapping[str, int]) -> None:
        """Keep marks; those of the machines ``anew_us`` are forgotten first, from a time on."""
        with failures_in_words(self._place):
            async with self._writing.begin() as connection:
                ids = await _ids(connection, {machine for machine, _, _ in marks})
                transaction = Transaction(connection, 0, 0, machine_ids=ids)
                anew = ((ids[machine], from_us) for machine, from_us in anew_us.items() if machine in ids)
                await transaction.write(_FORGET, ({"of": of, "from_us": number(from_us)} for of, from_us in anew))
                # In the order of the table, so that those of one machine fall on one page.
                in_order = sorted(mark for mark in marks if mark[0] in ids)
                await transaction.write_all(_INSERT[transaction.dialect], in_order, _columns)


def _columns(marks: Sequence[Mark], machine_ids: Mapping[str, int], _revision: int) -> Columns:
    return {
        "machine_id": [machine_ids[machine] for machine, _, _ in marks],
        "time_us": numbers([time_us for _, time_us, _ in marks]),
        "mark": [mark for _, _, mark in marks],
    }


async def _ids(connection: AsyncConnection, names: Collection[str]) -> dict[str, int]:
    """The numbers of machines; one of which nothing is kept has none."""
    found: dict[str, int] = {}
    stored = {text(name): name for name in names}
    for page in _pages(stored):
        rows = await connection.execute(select(machines.c.name, machines.c.id).where(machines.c.name.in_(page)))
        found.update((stored[row.name], row.id) for row in rows)
    return found


def _pages(names: Collection[str]) -> Iterator[list[str]]:
    in_order = sorted(names)
    return (in_order[start : start + NAMES_AT_ONCE] for start in range(0, len(in_order), NAMES_AT_ONCE))

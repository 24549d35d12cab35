"""The letter box of marks: who only follows puts them in, whoever polls takes them out.

The poller alone writes alerts, so that what it judges and what people say never overwrite each other.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Delete, bindparam, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from whotop.core.alert_marks import Mark, MarkKind
from whotop.store.alert_tables import alert_marks
from whotop.store.engine import failures_in_words
from whotop.store.filewatch import DatabaseWatch
from whotop.store.storable import text

MARK_TAKEN: Delete = delete(alert_marks).where(alert_marks.c.id == bindparam("mark_id"))
"""Executed in the commit of the alert as marked: killed before, the mark is still there; after, it is not."""


class Marks:
    """The marks of one store. ``put`` and ``waiting`` raise StoreError."""

    def __init__(self, reading: AsyncEngine, writing: AsyncEngine, place: Path) -> None:
        self._reading, self._writing, self._place = reading, writing, place
        self._watch = DatabaseWatch(place)

    async def put(self, mark: Mark) -> None:
        """Leave a mark for whoever polls."""
        row = {
            "alert_key": mark.alert_key,
            "kind": str(mark.kind),
            "by_whom": text(mark.by),
            "time_us": mark.time_us,
            "until_us": mark.until_us,
        }
        with failures_in_words(self._place):
            async with self._writing.begin() as connection:
                await connection.execute(insert(alert_marks), row)

    async def waiting(self, now_us: int) -> dict[int, Mark]:
        """Those that nobody has taken yet, by number, the oldest first. Asks only where the file has changed."""
        if not self._watch.may_have_changed(now_us):
            return {}
        with failures_in_words(self._place):
            async with self._reading.begin() as connection:
                rows = (await connection.execute(select(alert_marks).order_by(alert_marks.c.id))).all()
        return {
            row.id: Mark(
                alert_key=row.alert_key,
                kind=MarkKind(row.kind),
                by=row.by_whom,
                time_us=row.time_us,
                until_us=row.until_us,
            )
            for row in rows
        }

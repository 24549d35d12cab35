"""Takes the marks that people leave in the store, at a whotop that only follows, to the rules of this one."""

from __future__ import annotations

import contextlib

from whotop.clock import SECOND_US
from whotop.errors import StoreError
from whotop.monitor.judgement import Judgement
from whotop.store.marks import Marks
from whotop.store.writer import StoreWriter

LOOK_US = 2 * SECOND_US
"""To look costs 1.5 ms of CPU, and nearly every second something is written."""


class MarkBox:
    """Emptied every other second. What concerns alerts that another process judges is left where it is."""

    def __init__(self, marks: Marks, judgement: Judgement, writer: StoreWriter) -> None:
        self._marks, self._judgement, self._writer = marks, judgement, writer
        self._looked_us = 0
        self._taken: set[int] = set()
        """Marks that were made, and leave the store with the next commit."""

    async def empty(self, now_us: int) -> None:
        """Make the marks that have come. What keeps the store from being read is the writer's to tell."""
        if now_us - self._looked_us < LOOK_US:
            return
        self._looked_us = now_us
        with contextlib.suppress(StoreError):
            waiting = await self._marks.waiting(now_us)
            self._taken &= waiting.keys()
            for mark_id, mark in waiting.items():
                if mark_id not in self._taken and self._judgement.mark(mark):
                    self._taken.add(mark_id)
                    self._writer.mark_taken(mark_id)

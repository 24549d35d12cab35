"""Whether the store can know any of the events that an import tells next.

Most of what is imported is of times of which nothing is known: one question for all events of a
transaction then does for one for each of them. Where the answer errs the store still adds nothing twice;
only the count of what was known would be too low.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import islice
from typing import Protocol

from whotop.core.identity import TOLERANCE_US
from whotop.model import Event

TOLD_ACROSS = 500
"""Of events of one time, so many may stand on both sides of the end of a transaction."""


class Kept(Protocol):
    """What there is to ask."""

    async def is_anything_kept(self, after_us: int, until_us: int) -> bool:
        """Whether any event is known between two times, of whichever machine."""
        ...


class NewGround:
    """Follows one import through time."""

    def __init__(self, store: Kept) -> None:
        self._store = store
        self._until_us: int | None = None
        self._has_met = self._is_kept = False
        self._lately: Collection[bytes] = ()
        self.is_reached = False
        """Whether the events that come next are of times of which nothing is known."""

    async def move(self, from_us: int, until_us: int, *, has_met: bool) -> None:
        """Come to events between two times. Those who have met a session that is known may tell of its end any time.

        What is kept shortly before was perhaps written by this import itself; it looked there already.
        """
        was_kept = self._is_kept
        self._has_met = self._has_met or has_met
        if not self._has_met:
            after_us = from_us - TOLERANCE_US - 1 if self._until_us is None else self._until_us
            self._is_kept = await self._store.is_anything_kept(after_us, until_us + TOLERANCE_US)
            self._until_us = until_us + TOLERANCE_US
        self.is_reached = not (self._has_met or self._is_kept or was_kept)

    def first_told(self, events: dict[bytes, Event]) -> set[bytes]:
        """Those of the events told here that were not told by the transaction before: times go on over its end."""
        first = set(events).difference(self._lately)
        self._lately = list(islice(reversed(events), TOLD_ACROSS))
        return first

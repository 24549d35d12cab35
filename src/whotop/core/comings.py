"""Boots and shutdowns that several origins tell: each of them once."""

from __future__ import annotations

from collections.abc import Iterable

from whotop.clock import MINUTE_US
from whotop.model import Event, EventKind

COMING_US = 2 * MINUTE_US
"""Between what two origins say of one boot or shutdown: each writes of it when it is up itself."""
COMINGS = frozenset({EventKind.BOOT, EventKind.SHUTDOWN})


class Comings:
    """Remembers the last boot and shutdown of each machine."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, EventKind], Event] = {}

    def remember(self, coming: Event) -> None:
        """One was told."""
        self._last[coming.machine, coming.kind] = coming

    def is_news(self, event: Event, ahead: Iterable[Event]) -> bool:
        """Whether no other origin told of it, nor does so a little later among what is ``ahead``; then remember it."""
        before = self._last.get((event.machine, event.kind))
        if before is not None and before.origin is not event.origin and event.time_us - before.time_us <= COMING_US:
            return False
        if any(_is_told_by(coming, event) for coming in ahead):
            return False
        self.remember(event)
        return True


def _is_told_by(coming: Event, event: Event) -> bool:
    """Whether another origin's boot or shutdown, a little later, is this one."""
    return (
        (coming.machine, coming.kind) == (event.machine, event.kind)
        and coming.origin is not event.origin
        and coming.time_us - event.time_us <= COMING_US
    )

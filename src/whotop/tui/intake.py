"""Where batches come in: applied at once, or kept while the view is paused.

What waits is merged to the newest of each key, so that a pause of a night costs no more than the
fleet is large; the collection never notices.
"""

from __future__ import annotations

from dataclasses import dataclass

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
from whotop.core.fleet import Fleet, Touched

EVENTS_WAITING = 20_000
"""More than a fleet keeps: failed logins among them are counted, not only shown."""

ChangeKey = tuple[str, str | bytes]


@dataclass(frozen=True, slots=True)
class News:
    """What a screen has to look at: the changes that were applied, and the keys they touched."""

    changes: tuple[AnyChange, ...]
    touched: Touched


class Intake:
    """Applies batches to a fleet, unless paused."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._paused = False
        self._waiting: dict[ChangeKey, AnyChange] = {}
        self._waiting_events: dict[ChangeKey, None] = {}
        self._newest: Batch | None = None
        self.arrived = 0
        """Events and alerts that came since the pause began."""

    def pause(self) -> None:
        """Keep back what comes from now on."""
        self._paused, self.arrived = True, 0

    def resume(self) -> News | None:
        """Apply what waited; ``None`` when that was nothing."""
        self._paused = False
        newest, self._newest = self._newest, None
        if newest is None:
            return None
        changes = tuple(self._waiting.values())
        self._waiting, self._waiting_events = {}, {}
        return self._apply(Batch(newest.revision, newest.time_us, changes))

    def take(self, batch: Batch) -> News | None:
        """Apply a batch, or keep it and return ``None``."""
        if not self._paused:
            return self._apply(batch)
        self._newest = batch
        for change in batch.changes:
            self._keep(change)
        return None

    def _apply(self, batch: Batch) -> News:
        return News(batch.changes, self._fleet.apply(batch))

    def _keep(self, change: AnyChange) -> None:
        key = _key_of(change)
        if isinstance(change, EventAdded | AlertChanged):
            self.arrived += key not in self._waiting
        # Taken out first, so that what waits stays in the order of its newest changes.
        self._waiting.pop(key, None)
        self._waiting[key] = change
        if isinstance(change, EventAdded):
            self._waiting_events[key] = None
            if len(self._waiting_events) > EVENTS_WAITING:
                oldest = next(iter(self._waiting_events))
                del self._waiting_events[oldest], self._waiting[oldest]


def _key_of(change: AnyChange) -> ChangeKey:
    match change:
        case Sampled():
            return "sample", change.sample.machine
        case SessionChanged():
            return "session", change.session.key
        case EventAdded():
            return "event", change.event.key
        case AlertChanged():
            return "alert", change.alert.key
        case FailuresCounted():
            return "failures", change.machine
        case MachineChanged():
            return "machine", change.machine.name
        case MachineRemoved():
            return "machine", change.name

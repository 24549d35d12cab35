"""What goes into the store in one commit, and what comes out of it at a start."""

from __future__ import annotations

import msgspec

from whotop.core.failure_book import Tally
from whotop.model import Alert, Event, Machine, MachineState, Sample, Session
from whotop.model.delivery import Delivery
from whotop.wire.messages import Cursor

StateKey = tuple[str, str]
"""A rule, and what within it its memory is about."""


class StateChange(msgspec.Struct, frozen=True):
    """A machine went into a state."""

    machine: str
    time_us: int
    state: MachineState
    reason: str


class WriteBatch(msgspec.Struct):
    """Everything that one commit carries. Where a key occurs twice, the later value is the one."""

    machines: dict[str, Machine] = {}
    removed: dict[str, int] = {}
    """Machines that are watched no longer, and since when (µs)."""
    states: list[StateChange] = []
    sessions: dict[bytes, Session] = {}
    events: dict[bytes, Event] = {}
    alerts: dict[bytes, Alert] = {}
    samples: list[tuple[Sample, int]] = []
    """Each with the number of the machine's open sessions then."""
    cursors: dict[tuple[str, str], Cursor] = {}
    """By machine and origin: how far the events of this commit and all before it reach."""
    rule_states: dict[StateKey, object] = {}
    """What rules must remember, as JSON has values; None: nothing any more."""
    deliveries: dict[bytes, Delivery] = {}
    """Messages to people about the alerts and events of this commit and all before it."""
    marks_taken: set[int] = set()
    """Marks that the alerts of this commit and all before it bear; see ``marks.Marks``."""

    def __len__(self) -> int:
        """How many things wait here; an empty batch is false."""
        return sum(len(getattr(self, name)) for name in self.__struct_fields__)

    def absorb(self, newer: WriteBatch) -> None:
        """Add what was gathered while this one could not be written."""
        for name, when_us in newer.removed.items():
            self.machines.pop(name, None)
            self.removed[name] = when_us
        for name, machine in newer.machines.items():
            self.removed.pop(name, None)
            self.machines[name] = machine
        self.states.extend(newer.states)
        self.sessions.update(newer.sessions)
        self.events.update(newer.events)
        self.alerts.update(newer.alerts)
        self.samples.extend(newer.samples)
        self.cursors.update(newer.cursors)
        self.rule_states.update(newer.rule_states)
        for key, delivery in newer.deliveries.items():
            self.deliveries.setdefault(key, delivery)
        self.marks_taken |= newer.marks_taken


class Restored(msgspec.Struct, frozen=True):
    """Where whotop left off, for the machines that were asked about."""

    machines: dict[str, Machine]
    """As last known."""
    sessions: list[Session]
    """Open ones, and those that ended in the last 48 hours (a late logout record corrects them)."""
    alerts: list[Alert]
    """Open ones, and before them those that resolved within the last day, by the time of that."""
    cursors: dict[tuple[str, str], Cursor]
    """By machine and origin."""
    failures: dict[str, tuple[Tally, ...]] = {}
    """Failed logins of the last day, by machine."""
    rule_states: dict[StateKey, object] = {}
    """What the rules were to remember."""

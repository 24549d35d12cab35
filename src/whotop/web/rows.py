"""Users, machines, events and alerts as the filter language sees them, where there is no screen.

The names of the fields are those of the screen's columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from whotop.core.figures import FIGURES, figure
from whotop.core.fleet import Fleet
from whotop.model import Alert, Event, Machine, MachineState
from whotop.web.documents import UserDocument

Value = str | float | Sequence[str] | None

EVENT_FIELDS = frozenset({"machine", "user", "from", "tty", "kind", "outcome", "service"})
ALERT_FIELDS = frozenset({"machine", "rule", "level", "subject"})
USER_FIELDS = frozenset({"user", "machine", "from", "sessions"})
MACHINE_FIELDS = frozenset({"machine", "address", "tag", "state", "system", "user", "from", "on", *FIGURES})


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event."""

    event: Event

    def value(self, field: str) -> Value:
        """What is in a field; None where nothing is."""
        event = self.event
        match field:
            case "from":
                return event.source or None
            case "kind":
                return event.kind.value
            case "outcome":
                return event.outcome.value if event.outcome else None
            case _:
                return getattr(event, field) or None

    def visible(self) -> Iterable[str]:
        """What a bare word searches."""
        event = self.event
        return (event.machine, event.user, event.tty, event.source, event.kind.value, event.detail)


@dataclass(frozen=True, slots=True)
class AlertRow:
    """One alert."""

    alert: Alert

    def value(self, field: str) -> Value:
        """What is in a field; None where nothing is."""
        alert = self.alert
        match field:
            case "machine":
                return alert.machines or alert.machine or None
            case "level":
                return alert.level.value
            case _:
                return getattr(alert, field) or None

    def visible(self) -> Iterable[str]:
        """What a bare word searches."""
        alert = self.alert
        return (alert.machine, *alert.machines, alert.rule, alert.level.value, alert.subject, alert.text)


@dataclass(frozen=True, slots=True)
class UserRow:
    """One user who is logged in somewhere."""

    user: UserDocument

    def value(self, field: str) -> Value:
        """What is in a field."""
        user = self.user
        match field:
            case "user":
                return user.user
            case "machine":
                return user.machines
            case "from":
                return user.sources
            case _:
                return user.sessions

    def visible(self) -> Iterable[str]:
        """What a bare word searches."""
        return (self.user.user, *self.user.machines, *self.user.sources)


@dataclass(frozen=True, slots=True)
class MachineRow:
    """One machine; its figures are unknown while it is not seen."""

    machine: Machine
    fleet: Fleet

    def value(self, field: str) -> Value:
        """What is in a field; None where nothing is known."""
        machine = self.machine
        sessions = self.fleet.sessions_of_machine.get(machine.name, {}).values()
        match field:
            case "machine":
                return machine.name
            case "address" | "system":
                return getattr(machine, field) or None
            case "tag":
                return machine.tags
            case "state":
                return machine.state.value
            case "user":
                return [session.user for session in sessions]
            case "from":
                return [session.source for session in sessions]
            case "on":
                known = machine.sessions_known and machine.state is MachineState.UP
                return len(sessions) if known else None
        sample = self.fleet.samples.get(machine.name)
        is_seen = machine.state in {MachineState.UP, MachineState.STALE}
        return figure(sample, field) if sample is not None and is_seen else None

    def visible(self) -> Iterable[str]:
        """What a bare word searches."""
        machine = self.machine
        return (machine.name, machine.address, machine.state.value, machine.reason, *machine.tags)

"""Tells a log what happens: machines that come and go, alerts that open and resolve, a store in trouble.

Each line is a sentence, and has the same as fields, for logs that machines read (``extra={"fields": …}``).
What stood when it began is no news, and neither is what a feed tells again.
"""

from __future__ import annotations

import logging

from whotop.core.feed import AlertChanged, Batch, EventAdded, MachineChanged, MachineRemoved
from whotop.model import Alert, Event, Level, Machine, MachineState
from whotop.text import counted

_TOLD_STATES = frozenset({MachineState.UP, MachineState.STALE, MachineState.DOWN, MachineState.NOT_WATCHED})
_LEVELS = {Level.INFO: logging.INFO, Level.WARN: logging.WARNING, Level.HIGH: logging.ERROR}

log = logging.getLogger(__name__)


class Narrator:
    """Reads batches; the first one tells how things stand."""

    def __init__(self) -> None:
        self._machines: dict[str, MachineState] = {}
        self._alerts: dict[bytes, Level] = {}
        """Open ones, as they were told."""
        self._notices: tuple[str, ...] = ()
        self.has_begun = False
        """Whether it knows how things stood at the start."""

    @property
    def status(self) -> str:
        """How things stand, in a line."""
        up = sum(state is MachineState.UP for state in self._machines.values())
        status = f"{up:,} of {counted(len(self._machines), 'machine')} up, {counted(len(self._alerts), 'alert')}"
        return f"{status}; {'; '.join(self._notices)}" if self._notices else status

    def tell(self, batch: Batch) -> None:
        """What is new in a batch."""
        for change in batch.changes:
            match change:
                case MachineChanged():
                    self._machine(change.machine)
                case MachineRemoved():
                    if self._machines.pop(change.name, None) is not None:
                        _say(logging.INFO, f"{change.name} is watched no longer", machine=change.name)
                case AlertChanged():
                    self._alert(change.alert)
                case EventAdded():
                    if self.has_begun and log.isEnabledFor(logging.DEBUG):
                        _say_event(change.event)
        self.has_begun = True

    def notices(self, notices: tuple[str, ...]) -> None:
        """What is wrong with the feed itself, as it stands now."""
        if notices == self._notices:
            return
        was_well, self._notices = not self._notices, notices
        if not notices:
            _say(logging.INFO, "the store is written again")
        elif was_well:
            _say(logging.ERROR, "; ".join(notices))

    def _machine(self, machine: Machine) -> None:
        before = self._machines.get(machine.name)
        self._machines[machine.name] = machine.state
        if machine.state is before or machine.state not in _TOLD_STATES:
            return
        level = logging.INFO if machine.state is MachineState.UP else logging.WARNING
        because = f": {machine.reason}" if machine.reason else ""
        fields = {"machine": machine.name, "state": str(machine.state), "reason": machine.reason}
        _say(level, f"{machine.name} is {machine.state}{because}", **fields)

    def _alert(self, alert: Alert) -> None:
        if not alert.is_open:
            if self._alerts.pop(alert.key, None) is not None:
                _say_alert(logging.INFO, "resolved", alert)
            return
        before = self._alerts.get(alert.key)
        self._alerts[alert.key] = alert.level
        if self.has_begun and before is not alert.level:
            _say_alert(_LEVELS[alert.level], "opened" if before is None else f"now {alert.level}", alert)


def _say_alert(level: int, what: str, alert: Alert) -> None:
    _say(
        level,
        f"alert {what}: {alert.where}: {alert.text}",
        alert=alert.key.hex(),
        rule=alert.rule,
        severity=str(alert.level),
        machine=alert.machine,
        machines=list(alert.machines),
        subject=alert.subject,
        value=alert.value,
        limit=alert.limit,
        count=alert.count,
        late=alert.late,
    )


def _say_event(event: Event) -> None:
    told = {
        "machine": event.machine,
        "user": event.user,
        "tty": event.tty,
        "source": event.source,
        "time_us": event.fleet_time_us,
    }
    words = " ".join(part for part in (event.user, event.tty, event.source and f"from {event.source}") if part)
    _say(logging.DEBUG, f"{event.kind} on {event.machine}: {words}", event=str(event.kind), **told)


def _say(level: int, message: str, **fields: object) -> None:
    log.log(level, "%s", message, extra={"fields": {name: value for name, value in fields.items() if value}})

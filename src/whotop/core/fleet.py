"""The fleet: everything known now, kept current by batches of changes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from whotop.clock import DAY_US
from whotop.core.failure_book import FailureBook, FailureKey
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
from whotop.model import Alert, Event, EventKind, Machine, MachineState, Sample, Session

EVENTS_KEPT = 2_000
EVENTS_SINCE_US = DAY_US
"""How far back the events of a fleet reach when it is first looked at; older ones are history, to be asked for."""
CPU_READINGS_KEPT = 60
RESOLVED_KEPT = 500


@dataclass(slots=True)
class Touched:
    """Which keys a batch has changed: what a screen has to draw again."""

    machines: set[str] = field(default_factory=set)
    sessions: set[bytes] = field(default_factory=set)
    users: set[str] = field(default_factory=set)
    alerts: set[bytes] = field(default_factory=set)
    events: set[bytes] = field(default_factory=set)
    failures: set[FailureKey] = field(default_factory=set)


class Fleet:
    """Machines, samples, open sessions, alerts and the newest events, by key.

    Read the dictionaries freely; only ``apply`` changes them.
    """

    def __init__(self) -> None:
        self.revision = 0
        self.time_us = 0
        self.machines: dict[str, Machine] = {}
        self.samples: dict[str, Sample] = {}
        self.cpu_readings: dict[str, deque[float]] = {}
        """Each machine's newest CPU readings, oldest first, for its spark line."""
        self.sessions: dict[bytes, Session] = {}
        """Open ones only, those of machines that are not up included (see ``counted``)."""
        self.sessions_of_machine: dict[str, dict[bytes, Session]] = {}
        self.sessions_of_user: dict[str, dict[bytes, Session]] = {}
        self.last_logins: dict[str, Session] = {}
        """Each machine's newest login, open or not."""
        self.alerts: dict[bytes, Alert] = {}
        """Open ones, and of those that resolved while we looked on the latest ``RESOLVED_KEPT``."""
        self._resolved: dict[bytes, None] = {}
        self.events: dict[bytes, Event] = {}
        """The newest ``EVENTS_KEPT`` at least, in the order in which they came."""
        self.failures = FailureBook()
        """How many logins failed, also those whose events are no longer kept."""

    def apply(self, batch: Batch) -> Touched:
        """Take in a batch and say what it touched."""
        touched = Touched()
        for change in batch.changes:
            self._apply_change(change, touched)
        self.revision, self.time_us = batch.revision, batch.time_us
        return touched

    def _apply_change(self, change: AnyChange, touched: Touched) -> None:
        match change:
            case Sampled():
                self._sampled(change.sample, touched)
            case SessionChanged():
                self._session_changed(change.session, touched)
            case EventAdded():
                self._event_added(change.event, touched)
            case MachineChanged():
                self._machine_changed(change.machine, touched)
            case AlertChanged():
                self._alert_changed(change.alert, touched)
            case MachineRemoved():
                self._machine_removed(change.name, touched)
            case FailuresCounted():
                self._failures_counted(change, touched)

    def _sampled(self, sample: Sample, touched: Touched) -> None:
        name = sample.machine
        self.samples[name] = sample
        if sample.cpu_percent is not None:
            readings = self.cpu_readings.get(name)
            if readings is None:
                readings = self.cpu_readings[name] = deque(maxlen=CPU_READINGS_KEPT)
            readings.append(sample.cpu_percent)
        touched.machines.add(name)

    def _session_changed(self, session: Session, touched: Touched) -> None:
        of_machine = self.sessions_of_machine.setdefault(session.machine, {})
        of_user = self.sessions_of_user.setdefault(session.user, {})
        if session.is_open:
            self.sessions[session.key] = of_machine[session.key] = of_user[session.key] = session
        else:
            self.sessions.pop(session.key, None)
            of_machine.pop(session.key, None)
            of_user.pop(session.key, None)
            if not of_user:
                del self.sessions_of_user[session.user]
        newest = self.last_logins.get(session.machine)
        if newest is None or session.login_us >= newest.login_us:
            self.last_logins[session.machine] = session
        touched.sessions.add(session.key)
        touched.machines.add(session.machine)
        touched.users.add(session.user)

    def _event_added(self, event: Event, touched: Touched) -> None:
        if event.kind is EventKind.FAILED_LOGIN and event.key not in self.events:
            touched.failures.add(self.failures.add(event))
            touched.machines.add(event.machine)
            touched.users.add(event.user)
        self.events[event.key] = event
        touched.events.add(event.key)
        if len(self.events) > 2 * EVENTS_KEPT:
            by_time = sorted(self.events.values(), key=lambda kept: kept.fleet_time_us)
            for dropped in by_time[:-EVENTS_KEPT]:
                del self.events[dropped.key]
                touched.events.add(dropped.key)

    def _alert_changed(self, alert: Alert, touched: Touched) -> None:
        self.alerts[alert.key] = alert
        touched.alerts.add(alert.key)
        touched.machines.update(alert.machines or (alert.machine,))
        if not alert.is_open:
            self._resolved[alert.key] = None
            if len(self._resolved) > RESOLVED_KEPT:
                self._drop_resolved(next(iter(self._resolved)), touched)
        else:
            self._resolved.pop(alert.key, None)

    def _drop_resolved(self, key: bytes, touched: Touched) -> None:
        del self._resolved[key], self.alerts[key]
        touched.alerts.add(key)

    def _failures_counted(self, change: FailuresCounted, touched: Touched) -> None:
        keys = {*self.failures.of_machine(change.machine), *(tally.key for tally in change.tallies)}
        self.failures.replace(change.machine, change.tallies)
        touched.failures.update(keys)
        touched.users.update(key.user for key in keys)
        touched.machines.add(change.machine)

    def _machine_changed(self, machine: Machine, touched: Touched) -> None:
        before = self.machines.get(machine.name)
        self.machines[machine.name] = machine
        touched.machines.add(machine.name)
        if before is None or before.state != machine.state:
            for session in self.sessions_of_machine.get(machine.name, {}).values():
                touched.sessions.add(session.key)
                touched.users.add(session.user)

    def _machine_removed(self, name: str, touched: Touched) -> None:
        self.machines.pop(name, None)
        self.samples.pop(name, None)
        self.cpu_readings.pop(name, None)
        self.last_logins.pop(name, None)
        touched.failures.update(self.failures.of_machine(name))
        self.failures.forget(name)
        for session in self.sessions_of_machine.pop(name, {}).values():
            self.sessions.pop(session.key, None)
            of_user = self.sessions_of_user.get(session.user, {})
            of_user.pop(session.key, None)
            if not of_user:
                self.sessions_of_user.pop(session.user, None)
            touched.sessions.add(session.key)
            touched.users.add(session.user)
        touched.machines.add(name)

    def whole(self) -> Batch:
        """Everything known, as the one batch that makes an empty fleet equal to this one."""
        ended = (session for session in self.last_logins.values() if not session.is_open)
        changes: list[AnyChange] = [MachineChanged(machine) for machine in self.machines.values()]
        changes += [SessionChanged(session) for session in ended]
        changes += [SessionChanged(session) for session in self.sessions.values()]
        changes += [Sampled(sample) for sample in self.samples.values()]
        changes += [EventAdded(event) for event in self.events.values()]
        changes += [FailuresCounted(name, self.failures.copies(name)) for name in self.failures.machines()]
        changes += [AlertChanged(alert) for alert in self.alerts.values()]
        return Batch(self.revision, self.time_us, tuple(changes))

    def is_up(self, name: str) -> bool:
        """Whether a machine's sessions count: only those of machines that are up do."""
        machine = self.machines.get(name)
        return machine is not None and machine.state is MachineState.UP

    def counted(self, sessions: Iterable[Session] | None = None) -> Iterator[Session]:
        """Those of ``sessions`` (default: all) that count."""
        for session in self.sessions.values() if sessions is None else sessions:
            if self.is_up(session.machine):
                yield session

    def open_alerts(self) -> list[Alert]:
        """Alerts that stand, the newest first."""
        standing = [alert for alert in self.alerts.values() if alert.is_open]
        return sorted(standing, key=lambda alert: alert.opened_us, reverse=True)

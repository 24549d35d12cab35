"""The monitor without machines, disk or time: messages in, changes and rows out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.monitor.machine_talk import NOON_US, Talk
from whotop.clock import SECOND_US, ManualClock
from whotop.core.fleet import Fleet
from whotop.core.rules.book import RuleBook
from whotop.core.rules.settings import RuleSettings
from whotop.core.tracker import SessionTracker
from whotop.model import Alert, Event, EventKind, Machine, Sample, Session, Target
from whotop.monitor.intake import Intake
from whotop.monitor.judgement import Judgement
from whotop.monitor.outlet import Outlet
from whotop.monitor.publisher import Publisher
from whotop.wire.messages import Cursor


class FakeWriter:
    """Keeps rows in the order of their coming; ``commit`` says that all of them are safe."""

    def __init__(self) -> None:
        self.rows: list[Machine | Sample | Session | Event | Alert | Cursor | str] = []
        self.machines: dict[str, Machine] = {}
        self.sessions: dict[bytes, Session] = {}
        self.events: dict[bytes, Event] = {}
        self.alerts: dict[bytes, Alert] = {}
        self.cursors: dict[str, Cursor] = {}
        self._on_committed: list[Callable[[int], None]] = []

    def machine(self, machine: Machine) -> None:
        self.machines[machine.name] = machine
        self.rows.append(machine)

    def machine_removed(self, name: str) -> None:
        self.rows.append(name)

    def sample(self, sample: Sample, session_count: int) -> None:
        self.rows.append(sample)

    def session(self, session: Session) -> None:
        self.sessions[session.key] = session
        self.rows.append(session)

    def event(self, event: Event) -> None:
        self.events[event.key] = event
        self.rows.append(event)

    def alert(self, alert: Alert) -> None:
        self.alerts[alert.key] = alert
        self.rows.append(alert)

    def cursor(
        self, machine: str, origin: str, cursor: Cursor, on_committed: Callable[[int], None] | None = None
    ) -> None:
        self.cursors[origin] = cursor
        self.rows.append(cursor)
        if on_committed is not None:
            self._on_committed.append(on_committed)

    def commit(self) -> None:
        for tell in self._on_committed:
            tell(1)
        self._on_committed.clear()


class Trial:
    """One machine, ``web-01``, and the monitor's inside."""

    name = "web-01"

    def __init__(self, writer: FakeWriter | None = None) -> None:
        self.clock = ManualClock(NOON_US)
        self.writer = writer or FakeWriter()
        self.publisher = Publisher(self.clock)
        outlet = Outlet(self.publisher, self.writer)
        self.judgement = Judgement(outlet, SessionTracker(), RuleBook(RuleSettings()))
        self.intake = Intake(outlet, self.judgement, self.clock)
        self.acknowledged: list[tuple[str, str, int]] = []
        self.intake.acknowledge = lambda machine, origin, offset: self.acknowledged.append((machine, origin, offset))

    def watch(self, last_known: Machine | None = None, cursors: Mapping[str, Cursor] | None = None) -> None:
        target = Target(name=self.name, interval_seconds=1.0)
        self.intake.add(target, last_known, cursors or {})

    def resume(self) -> Trial:
        """The same machine, watched by a whotop that starts anew on the same store."""
        again = Trial(self.writer)
        again.clock.advance((self.clock.now_us() - NOON_US) / SECOND_US)
        again.watch(self.writer.machines[self.name], self.writer.cursors)
        standing = [alert for alert in self.writer.alerts.values() if alert.is_open]
        again.judgement.resume(list(self.writer.sessions.values()), standing, again.clock.now_us())
        return again

    def at(self, seconds: float) -> int:
        """Let the time come: that many seconds after noon."""
        now_us = NOON_US + round(seconds * SECOND_US)
        self.clock.advance((now_us - self.clock.now_us()) / SECOND_US)
        return now_us

    def connect(self, talk: Talk, seconds: float, *utmp: bytes) -> None:
        """A connection as a probe begins it: hello, the list, the first reading."""
        now_us = self.at(seconds)
        self.intake.hello(self.name, talk.hello(seconds), now_us)
        self.intake.sessions(self.name, talk.listed(seconds, *utmp), now_us)
        self.intake.figures(self.name, talk.figures(seconds), now_us)

    def let_pass(self, until: float) -> None:
        """Time passes, and is noticed."""
        self.intake.sweep(self.at(until))

    @property
    def fleet(self) -> Fleet:
        self.publisher.flush()
        return self.publisher.fleet

    @property
    def machine(self) -> Machine:
        return self.fleet.machines[self.name]

    def events_of(self, kind: EventKind) -> list[Event]:
        """Those of the feed."""
        return [event for event in self.fleet.events.values() if event.kind is kind]

    @property
    def open_users(self) -> list[str]:
        return [session.user for session in self.fleet.sessions.values()]

    def alerts(self, rule: str) -> list[Alert]:
        return [alert for alert in self.fleet.alerts.values() if alert.rule == rule]

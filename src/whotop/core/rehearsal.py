"""A rehearsal: what the rules would have told, had these events been watched as they happened.

The events' own times are the clock. They go through the same tracker, hold-back and rules as live
ones, what several origins tell of one login counts once, and between two events time passes in
steps, so that alerts are told and resolved when they would have been.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import UTC, tzinfo

import msgspec
from msgspec.structs import replace

from whotop.clock import DAY_US, HOUR_US, MINUTE_US, SECOND_US
from whotop.core.holdback import Holdback
from whotop.core.locate import Locate, nowhere
from whotop.core.replay import Replay
from whotop.core.rules.book import RuleBook
from whotop.core.rules.registry import RULES
from whotop.core.rules.rule import Rule
from whotop.core.rules.settings import RuleSettings
from whotop.core.transition import Transition
from whotop.model import Alert, Event, EventKind, Machine, Standing

EVENTS_KEPT = 100_000
"""Of which those that are evidence can still be shown."""
EVIDENCE_KEPT = 20
"""Of each alert, the latest."""
_AFTER_US = DAY_US + HOUR_US
"""So much time passes after the last event, for whatever is told when it is over."""
HELD_US = 2 * SECOND_US
"""Logins wait for stragglers as live ones do."""
_NEVER_US = 2**62
_STEPS = 2_000
"""At most about so many between two events, however far apart they are."""
_KINDS_KEPT = frozenset({EventKind.LOGIN, EventKind.FAILED_LOGIN, EventKind.BOOT, EventKind.LOG_CLEARED})


def rules_of_events() -> frozenset[str]:
    """Those that have anything to judge where there are events alone: no samples, no connections."""
    asked = (Rule.on_login, Rule.on_failed_login, Rule.on_boot, Rule.on_log_cleared)
    return frozenset(
        name
        for rule in RULES
        for name in rule.names
        if any(getattr(rule, method.__name__) is not method for method in asked)
    )


class Fired(msgspec.Struct):
    """An alert that would have been told, as it was last, and what is known of the events behind it."""

    alert: Alert
    told_us: int
    """When it was first told."""
    evidence: tuple[Event, ...] = ()
    """The latest last."""


class Rehearsal:
    """Takes events in the order of their times, of any number of machines; then ``finish`` it."""

    def __init__(self, settings: RuleSettings, locate: Locate = nowhere, zone: tzinfo = UTC) -> None:
        self._book = RuleBook(settings, locate=locate, zone=zone)
        self._replay = Replay()
        self._holdback = Holdback(HELD_US)
        self._now_us = self._ticked_us = 0
        self._releases_us: deque[int] = deque()
        """When the hold-back lets logins go."""
        self._fired: dict[bytes, Fired] = {}
        self._open: set[bytes] = set()
        self._events: dict[bytes, Event] = {}
        self._order: deque[bytes] = deque()
        self.event_count = 0
        self.first_us = self.last_us = 0
        self.machines: set[str] = set()

    def meet(self, machines: Iterable[Machine]) -> None:
        """Machines of which more is known than their names: tags, addresses."""
        for machine in machines:
            self._book.on_machine(machine, 0)

    def apply(self, event: Event) -> None:
        """One event."""
        if not self.event_count:
            self.first_us = self._now_us = self._ticked_us = event.time_us
        self._pass(event.time_us)
        self.last_us = self._now_us
        self.event_count += 1
        self.machines.add(event.machine)
        seen = replace(event, standing=Standing.LIVE, seen_us=self._now_us)
        for transition in self._replay.apply(seen):
            self._judge(transition)

    def finish(self) -> list[Fired]:
        """All that would have been told, in the order in which it was."""
        end_us = self._now_us + _AFTER_US
        while self._now_us < end_us and (self._open or self._releases_us):
            self._pass(self._now_us + MINUTE_US)
        return list(self._fired.values())

    def _judge(self, transition: Transition) -> None:
        session, event = transition.session, transition.event
        if session is not None:
            tell = self._book.on_session if session.is_open else self._book.on_session_end
            self._told(tell(session, self._now_us))
        if event is None:
            return
        self._keep(event)
        if event.kind is EventKind.LOGIN:
            self._holdback.add(event, self._now_us)
            self._releases_us.append(self._now_us + HELD_US)
        elif event.kind is EventKind.FAILED_LOGIN:
            self._told(self._book.on_failed_login(event, self._now_us))
        elif event.kind is EventKind.BOOT:
            self._told(self._book.on_boot(event, self._now_us))
        elif event.kind is EventKind.LOG_CLEARED:
            self._told(self._book.on_log_cleared(event, self._now_us))

    def _pass(self, until_us: int) -> None:
        """Let time pass: to each moment at which a login is released, and by minutes while an alert stands."""
        while (moment_us := self._next_us(until_us)) <= until_us:
            self._now_us = moment_us
            self._tick()
        self._now_us = until_us
        if until_us - self._ticked_us >= (SECOND_US if self._open else MINUTE_US):
            self._tick()

    def _next_us(self, until_us: int) -> int:
        """When something is next to be done before an event comes; later than it if nothing is."""
        release_us = self._releases_us[0] if self._releases_us else _NEVER_US
        if not self._open:
            return release_us
        return min(release_us, self._ticked_us + max(MINUTE_US, (until_us - self._ticked_us) // _STEPS))

    def _tick(self) -> None:
        self._ticked_us = self._now_us
        while self._releases_us and self._releases_us[0] <= self._now_us:
            self._releases_us.popleft()
        for login in self._holdback.due(self._now_us):
            self._told(self._book.on_login(login, self._now_us))
        self._told(self._book.tick(self._now_us))

    def _told(self, alerts: Iterable[Alert]) -> None:
        for alert in alerts:
            fired = self._fired.get(alert.key)
            if fired is None:
                fired = self._fired[alert.key] = Fired(alert, self._now_us)
            if fired.alert.evidence != alert.evidence or not fired.evidence:
                known = (self._events.get(key) for key in alert.evidence[-EVIDENCE_KEPT:])
                fired.evidence = tuple(event for event in known if event is not None)
            fired.alert = alert
            (self._open.add if alert.is_open else self._open.discard)(alert.key)

    def _keep(self, event: Event) -> None:
        if event.kind not in _KINDS_KEPT or event.key in self._events:
            return
        self._events[event.key] = event
        self._order.append(event.key)
        if len(self._order) > EVENTS_KEPT:
            del self._events[self._order.popleft()]

"""What comes of events, lists and samples: sessions tracked, windows and rules judged, all handed on.

The pure core does the thinking; this is its place in the flow. Sessions are handed on at once; what
depends on the order of events across machines waits for stragglers in the hold-back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import tzinfo
from typing import NamedTuple

from whotop.clock import DAY_US, SECOND_US
from whotop.core.alert_marks import Mark
from whotop.core.failures import FailedOnce
from whotop.core.fleet import EVENTS_SINCE_US
from whotop.core.holdback import Holdback
from whotop.core.locate import Locate
from whotop.core.rules.book import RuleBook
from whotop.core.rules.settings import RuleSettings
from whotop.core.tracker import SessionTracker
from whotop.core.transition import Transition
from whotop.model import Alert, Event, EventKind, Machine, Origin, Sample, Session, Standing
from whotop.monitor.outlet import Outlet
from whotop.store.batch import StateKey

ENDED_KEPT_US = 2 * DAY_US
EXPIRED_IN_TICKS = 60
"""How long it takes until every machine's ended sessions have been looked through."""
STRAGGLERS_US = 5 * SECOND_US
"""A window that ended so short a time ago may hold logins that nobody has judged yet."""


class Past(NamedTuple):
    """What a rule that is made anew has to know of what was before it, and of what is."""

    states: dict[StateKey, object]
    habits: Iterable[Event]
    """Logins of the past, where a rule has to learn."""
    failures: Iterable[Event]
    logins: Iterable[Event]
    """In their order, those that are still held back included."""
    machines: Iterable[Machine]
    open_sessions: Iterable[Session]


class Judgement:
    """Tracker, hold-back and rules of all machines."""

    def __init__(self, outlet: Outlet, tracker: SessionTracker, rules: RuleBook) -> None:
        self._outlet, self._tracker, self._rules = outlet, tracker, rules
        self._holdback = Holdback()
        self._failed_once = FailedOnce()
        self._remembered: set[StateKey] = set()
        """What the rules of this process have taken up or said themselves."""
        self._unsaid: dict[StateKey, object] = {}
        """What rules that were replaced by others had still to say."""
        self._to_expire: list[str] = []
        self._expired_at_once = 1

    def resume(self, sessions: list[Session], alerts: list[Alert], now_us: int) -> None:
        """Take up what the store has of machines that are new here, and show what stands.

        The logins of the present window are counted again, and those that may still have been held
        back when whotop ended are judged; windows that have ended are not judged twice.
        """
        self._tracker.restore(sessions)
        self._rules.restore(alerts)
        for alert in alerts:
            if alert.is_open:
                self._outlet.restored_alert(alert)
        newest = {session.machine: session for session in sorted(sessions, key=_login_us)}
        for session in sessions:
            if session.is_open or newest[session.machine] is session:
                self._outlet.restored(session)
            if session.is_open:
                self._alerts(self._rules.on_session(session, now_us))
        self._judge_again(sessions, now_us)

    def _judge_again(self, sessions: list[Session], now_us: int) -> None:
        since_us = self._rules.needs_logins_since_us(now_us - STRAGGLERS_US)
        held_back_us = max((session.seen_us for session in sessions), default=0) - STRAGGLERS_US
        for session in sessions:
            if session.standing is Standing.HISTORY or session.fleet_login_us < since_us:
                continue
            judge = self._rules.on_login if session.seen_us >= held_back_us else self._rules.known_login
            self._alerts(judge(login_of(session), now_us))

    def take_up(self, states: Mapping[StateKey, object]) -> None:
        """Let rules remember what the store has of them, but for what they know better by now."""
        self._rules.restore_state({key: state for key, state in states.items() if key not in self._remembered})
        self._remembered.update(states)

    def rule_states(self) -> Mapping[StateKey, object]:
        """What rules must remember over a restart and have not said before."""
        states, self._unsaid = self._unsaid | self._rules.state(), {}
        self._remembered.update(states)
        return states

    def settle(self, settings: RuleSettings, locate: Locate, zone: tzinfo, past: Past, now_us: int) -> None:
        """Judge by these settings from now on. Rules that change are told of the past what a start tells them."""
        newcomers, self._unsaid = self._rules.settle(settings, locate, zone)
        newcomers.restore_state(_known(past.states | self._unsaid))
        for login in past.habits:
            newcomers.learn(login)
        for failure in past.failures:
            newcomers.known_failure(failure, now_us)
        for machine in past.machines:
            self._alerts(newcomers.on_machine(machine, now_us))
        for session in past.open_sessions:
            self._alerts(newcomers.on_session(session, now_us))
        since_us, held = newcomers.needs_logins_since_us(now_us), self._holdback.sessions()
        for login in past.logins:
            if login.fleet_time_us >= since_us and login.session_key not in held:
                self._alerts(newcomers.known_login(login, now_us))

    def needs_failures_since_us(self, now_us: int) -> int:
        """From when on ``known`` needs to be told of failed logins."""
        return self._rules.needs_failures_since_us(now_us)

    def has_to_learn(self, states: Mapping[StateKey, object]) -> bool:
        """Whether rules that learn remember nothing: they were switched on since."""
        return self._rules.has_to_learn(states)

    def learn(self, logins: Iterable[Event]) -> None:
        """Teach rules what was before them."""
        for login in logins:
            self._rules.learn(login)

    def known(self, event: Event, now_us: int) -> None:
        """Remember an event that the store has: should another origin tell of it, that is no news."""
        if event.kind is EventKind.FAILED_LOGIN and self._failed_once.remember(event):
            self._rules.known_failure(event, now_us)

    def remember_failure(self, failure: Event) -> None:
        """The same of a failed login, where rules have been told of it."""
        self._failed_once.remember(failure)

    def events(self, events: Iterable[Event], now_us: int) -> int | None:
        """Take in events in their order.

        Gives the time of the latest login among them whose session is open still, if there is one.
        """
        sessions = self._hand_on(self._tracker.apply_all(events), now_us)
        return max((session.login_us for session in sessions if session.is_open), default=None)

    def live_list(
        self,
        machine: str,
        boot_id: str,
        reports: list[Event],
        clock_us: int,
        now_us: int,
        skew_us: int,
        standing: Standing,
        settles_us: int,
    ) -> int | None:
        """Take in a machine's full list of open sessions, as it stood at ``clock_us`` by its own clock.

        ``standing`` is that of the ends that it shows. A session that began less than ``settles_us`` before and
        has been in no list yet does not end; gives the time of the latest login that is left so.
        """
        observed = self._tracker.observe(machine, boot_id, reports, clock_us, now_us, skew_us, standing, settles_us)
        self._hand_on(observed, now_us)
        return self._tracker.latest_unlisted_us(machine)

    def sample(self, sample: Sample, now_us: int) -> None:
        """A new sample."""
        self._alerts(self._rules.on_sample(sample, now_us))

    def machine(self, machine: Machine, now_us: int) -> None:
        """A machine's row has changed."""
        self._alerts(self._rules.on_machine(machine, now_us))

    def rewritten(self, machine: str, origin: Origin, now_us: int, *, late: bool) -> None:
        """An origin of records was shrunk or rewritten."""
        self._alerts(self._rules.on_rewritten(machine, origin, now_us, late=late))

    def erased(self, machine: str, origin: Origin, now_us: int, *, late: bool) -> None:
        """Records were erased."""
        self._alerts(self._rules.on_erased(machine, origin, now_us, late=late))

    def mark(self, mark: Mark) -> bool:
        """Somebody says something of an alert; false where it stands no longer."""
        alert = self._rules.mark(mark)
        if alert is not None:
            self._outlet.alert(alert)
        return alert is not None

    def tick(self, now_us: int) -> None:
        """Once a second: what has waited long enough is judged."""
        for login in self._holdback.due(now_us):
            self._alerts(self._rules.on_login(login, now_us))
        self._alerts(self._rules.tick(now_us))
        self._expire(now_us - ENDED_KEPT_US)

    def _expire(self, before_us: int) -> None:
        """A few machines each second: thousands at once would hold up whoever presses a key."""
        if not self._to_expire:
            self._to_expire = self._tracker.machines()
            self._expired_at_once = 1 + len(self._to_expire) // EXPIRED_IN_TICKS
        some = self._to_expire[: self._expired_at_once]
        del self._to_expire[: self._expired_at_once]
        self._tracker.expire(before_us, some)

    def forget(self, machine: str, now_us: int) -> None:
        """A machine is watched no longer."""
        self._tracker.forget(machine)
        self._failed_once.forget(machine)
        self._alerts(self._rules.forget(machine, now_us))

    def close(self, now_us: int) -> None:
        """Judge what was still held back."""
        for login in self._holdback.flush():
            self._alerts(self._rules.on_login(login, now_us))

    def _hand_on(self, transitions: Iterable[Transition], now_us: int) -> Collection[Session]:
        """Pass on events as they come, and each session once, as it is at the end: those are returned."""
        sessions: dict[bytes, Session] = {}
        for transition in transitions:
            if transition.session is not None:
                sessions[transition.session.key] = transition.session
            if transition.event is not None:
                self._event(transition.event, now_us)
        for session in sessions.values():
            self._outlet.session(session)
            judge = self._rules.on_session if session.is_open else self._rules.on_session_end
            self._alerts(judge(session, now_us))
        return sessions.values()

    def _event(self, event: Event, now_us: int) -> None:
        if event.kind is EventKind.FAILED_LOGIN and not self._failed_once.is_news(event):
            return
        if event.standing is Standing.HISTORY:
            self._past(event, now_us)
            return
        self._outlet.event(event)
        if event.kind is EventKind.LOGIN:
            self._holdback.add(event, now_us)
        elif event.kind is EventKind.FAILED_LOGIN:
            self._alerts(self._rules.on_failed_login(event, now_us))
        elif event.kind is EventKind.BOOT:
            self._alerts(self._rules.on_boot(event, now_us))
        elif event.kind is EventKind.LOG_CLEARED:
            self._alerts(self._rules.on_log_cleared(event, now_us))

    def _past(self, event: Event, now_us: int) -> None:
        """Rules learn from history, and never judge it."""
        if event.kind is EventKind.LOGIN:
            self._rules.learn(event)
        if event.fleet_time_us < now_us - EVENTS_SINCE_US:
            self._outlet.past_event(event)
        else:
            self._outlet.event(event)

    def _alerts(self, alerts: Iterable[Alert]) -> None:
        for alert in alerts:
            self._outlet.alert(alert)


def _login_us(session: Session) -> int:
    return session.login_us


def _known(states: Mapping[StateKey, object]) -> dict[StateKey, object]:
    return {key: state for key, state in states.items() if state is not None}


def login_of(session: Session) -> Event:
    """The login event of a session that the store gave back."""
    return Event(
        machine=session.machine,
        kind=EventKind.LOGIN,
        time_us=session.login_us,
        user=session.user,
        tty=session.tty,
        source=session.source,
        origin=session.origin,
        standing=session.standing,
        seen_us=session.seen_us,
        skew_us=session.skew_us,
        key=session.key,
        session_key=session.key,
    )

"""The tracker: which sessions are open on every machine, from events in any order and from full lists.

It concludes what a login record leaves open as ``last`` does (util-linux login-utils/last.c,
process_wtmp_file): the next login on a terminal ends the one before, a boot or a shutdown ends all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from whotop.core.ending import close, completed, concluded, end_all, make_room
from whotop.core.identity import TOLERANCE_US
from whotop.core.improvement import completed_by, improved
from whotop.core.keys import event_key, logout_key
from whotop.core.ledger import OPEN_KEPT, Ledger
from whotop.core.transition import Transition, What
from whotop.model import Event, EventKind, Origin, Outcome, Session, Standing

# Reaching a member through its enumeration costs more than comparing it, and this runs per event.
_LOGIN, _LOGOUT, _BOOT, _SHUTDOWN = EventKind.LOGIN, EventKind.LOGOUT, EventKind.BOOT, EventKind.SHUTDOWN
_OPENED, _IMPROVED, _NOTED = What.OPENED, What.IMPROVED, What.NOTED
_GONE, _OPEN = Outcome.GONE, Outcome.OPEN
_LASTLOG = Origin.LASTLOG


class SessionTracker:
    """All machines in one. Every method yields what it changed, in the order to be kept.

    ``restored`` are the open sessions and those ended in the last 48 hours, from the store.
    """

    def __init__(self, restored: Iterable[Session] = ()) -> None:
        self._ledgers: defaultdict[str, Ledger] = defaultdict(Ledger)
        self.restore(restored)

    def restore(self, sessions: Iterable[Session]) -> None:
        """Take up sessions of machines of which nothing is known yet, as the store has them."""
        for session in sessions:
            self._ledgers[session.machine].add(session)

    def recall(self, session: Session) -> None:
        """Know all that the store knows of a session that is open; take it up where nothing opened it."""
        ledger = self._ledgers[session.machine]
        told = ledger.open.get(session.key)
        if told is not None:
            ledger.replace(completed_by(session, told))
        elif session.key not in ledger.ended:
            ledger.add(session)

    def end_known(self, session: Session) -> None:
        """End a session, in its ended version, that was taken up as open and still is."""
        ledger = self._ledgers[session.machine]
        if session.key in ledger.open:
            ledger.end(session)

    def knows(self, login: Event) -> bool:
        """Whether a login is of a session that is known."""
        return self._ledgers[login.machine].told_before(login) is not None

    def in_place_of(self, report: Session | Event) -> Session | None:
        """The open session on the same terminal, or of the same user where there is nothing but a name."""
        return self._ledgers[report.machine].in_place_of(report)

    def ended_by(self, logout: Event) -> Session | None:
        """The session that a logout ends."""
        return self._ledgers[logout.machine].ended_by(logout)

    def is_ended(self, logout: Event) -> bool:
        """Whether a session ended by this logout."""
        return self._ledgers[logout.machine].has_ended_by(logout)

    def make_way(self, session: Session) -> list[Transition]:
        """End who is on the terminal of a session that is known, as its login does."""
        login = Event(
            machine=session.machine,
            kind=_LOGIN,
            time_us=session.login_us,
            tty=session.tty,
            origin=session.origin,
            standing=session.standing,
            skew_us=session.skew_us,
        )
        return make_room(self._ledgers[session.machine], login)

    def apply(self, event: Event) -> list[Transition]:
        """Take in one event. Nothing comes of a login or a logout that another origin told before."""
        transitions: list[Transition] = []
        _take_in(self._ledgers, event, transitions)
        return transitions

    def apply_all(self, events: Iterable[Event]) -> list[Transition]:
        """Take in events in their order; those of a file are ordered by time (equal times in input order)."""
        transitions: list[Transition] = []
        ledgers = self._ledgers
        for event in events:
            _take_in(ledgers, event, transitions)
        return transitions

    def observe(
        self,
        machine: str,
        boot_id: str,
        reports: Iterable[Event],
        time_us: int,
        seen_us: int = 0,
        skew_us: int = 0,
        standing: Standing = Standing.LIVE,
        settles_us: int = 0,
    ) -> list[Transition]:
        """Take in a machine's full list of open sessions, made at ``time_us`` by its own clock.

        ``reports`` are login events, one for each session and origin: what logind and utmp both
        tell is one session. What is missing from the list ends at once, with outcome ``gone``, but
        for a session that no list has had yet and that began less than ``settles_us`` before;
        ``standing`` is that of such an end.
        """
        ledger = self._ledgers[machine]
        transitions: list[Transition] = []
        told: set[bytes] = set()
        for report in sorted(reports, key=_is_without_tty):
            session = _listed(ledger, report if report.boot_id else replace(report, boot_id=boot_id), transitions)
            told.add(session.key)
        held = frozenset(told)
        sight = Event(
            machine=machine, kind=_LOGOUT, time_us=time_us, standing=standing, seen_us=seen_us, skew_us=skew_us
        )
        transitions += [
            close(ledger, session, concluded(session, sight, _GONE))
            for session in ledger.missing_from(held, time_us - settles_us)
        ]
        ledger.listed, ledger.listed_us = held, time_us
        return transitions

    def forget(self, machine: str) -> None:
        """A machine is watched no longer."""
        self._ledgers.pop(machine, None)

    def machines(self) -> list[str]:
        """Those of which something is known."""
        return list(self._ledgers)

    def expire(self, before_us: int, machines: Iterable[str] | None = None) -> None:
        """Forget the sessions of some machines, or of all, that ended before a time; open ones stay."""
        for machine in list(self._ledgers) if machines is None else machines:
            ledger = self._ledgers.get(machine)
            if ledger is not None:
                ledger.expire(before_us)

    def open_sessions(self, machine: str | None = None) -> list[Session]:
        """The open sessions of one machine, or of all, in the order in which they became known."""
        if machine is None:
            return [session for ledger in self._ledgers.values() for session in ledger.open.values()]
        ledger = self._ledgers.get(machine)
        return [] if ledger is None else list(ledger.open.values())

    def latest_unlisted_us(self, machine: str) -> int | None:
        """When the newest open session began that the machine's last list did not have; None: it had all."""
        ledger = self._ledgers[machine]
        return max((one.login_us for key, one in ledger.open.items() if key not in ledger.listed), default=None)

    @property
    def unmatched_logouts(self) -> int:
        """How many logouts had no login."""
        return sum(ledger.unmatched_count for ledger in self._ledgers.values())


def _take_in(ledgers: Mapping[str, Ledger], event: Event, transitions: list[Transition]) -> None:
    kind = event.kind
    if kind is _LOGIN:
        _login(ledgers[event.machine], event, transitions)
    elif kind is _LOGOUT:
        _logout(ledgers[event.machine], event, transitions)
    else:
        _note(ledgers, event, transitions)


def _login(ledger: Ledger, event: Event, transitions: list[Transition]) -> None:
    known = ledger.told_before(event)
    if known is not None:
        _improve(ledger, known, event, transitions)
        return
    key = event_key(event)
    if event.time_us <= ledger.begun.latest_us and ledger.get(key) is not None:
        return
    outcome = _OPEN
    if event.tty and (ledger.provisional or event.tty in ledger.open_by_tty):
        transitions += make_room(ledger, event)
        if _tty_was_given_on(ledger, event):
            outcome = _GONE
    if ledger.listed_us is not None and event.time_us < ledger.listed_us - TOLERANCE_US:
        outcome = _GONE
    if event.origin is _LASTLOG:
        # It says when somebody came last, and never when they left: the list has whoever is still there.
        outcome = _GONE
    _open(ledger, event, key, outcome, transitions)


def _logout(ledger: Ledger, event: Event, transitions: list[Transition]) -> None:
    session = ledger.ended_by(event)
    if session is not None:
        transitions.append(close(ledger, session, completed(event, session, logout_key(session.key))))
    elif not ledger.has_ended_by(event):
        key = event_key(event)
        if ledger.remember_unmatched(key, event):
            transitions.append(Transition(_NOTED, None, replace(event, key=key)))


def _note(ledgers: Mapping[str, Ledger], event: Event, transitions: list[Transition]) -> None:
    """Hand on what is no login or logout; a boot and a shutdown end the sessions that were open."""
    if event.kind is _BOOT:
        transitions += end_all(ledgers[event.machine], event, Outcome.CRASH)
    elif event.kind is _SHUTDOWN:
        transitions += end_all(ledgers[event.machine], event, Outcome.SHUTDOWN)
    transitions.append(Transition(_NOTED, None, replace(event, key=event_key(event))))


def _tty_was_given_on(ledger: Ledger, login: Event) -> bool:
    """Whether somebody logged in on that terminal later: this is an old login, told late."""
    now_there = ledger.open_by_tty.get(login.tty)
    if now_there is None or login.origin is Origin.LOGIND:
        return False
    return now_there.login_us > login.time_us


def _open(ledger: Ledger, login: Event, key: bytes, outcome: Outcome, transitions: list[Transition]) -> None:
    """Record a new session; ``outcome`` is ``gone`` when it is known to be over, but not since when."""
    session = _session(login, key)
    if outcome is not _OPEN or len(ledger.open) >= OPEN_KEPT:
        session = replace(session, outcome=_GONE)
    ledger.add(session)
    transitions.append(Transition(_OPENED, session, replace(login, key=key, session_key=key)))
    if login.time_us < ledger.newest_unmatched_us:
        _close_by_earlier_told_logout(ledger, session, transitions)


def _session(login: Event, key: bytes) -> Session:
    """The open session that a login begins. A call with more than 15 keywords takes five times as long."""
    session = Session(
        key=key,
        machine=login.machine,
        user=login.user,
        login_us=login.time_us,
        tty=login.tty,
        source=login.source,
        boot_id=login.boot_id,
        session_id=login.session_id,
        leader_pid=login.leader_pid,
        login_pid=login.login_pid,
        service=login.service,
        origin=login.origin,
        standing=login.standing,
        seen_us=login.seen_us,
        skew_us=login.skew_us,
    )
    return session if login.raw is None else replace(session, raw=login.raw)


def _close_by_earlier_told_logout(ledger: Ledger, session: Session, transitions: list[Transition]) -> None:
    found = ledger.logout_known_for(session)
    if found is not None:
        key, logout = found
        transitions.append(close(ledger, session, completed(logout, session, key)))


def _improve(ledger: Ledger, known: Session, report: Event, transitions: list[Transition]) -> None:
    better = improved(known, report)
    if better is not known:
        ledger.replace(better)
        transitions.append(Transition(_IMPROVED, better, None))


def _listed(ledger: Ledger, report: Event, transitions: list[Transition]) -> Session:
    """The session that an entry of a full list tells of: opened, improved, or open after all."""
    known = ledger.told_before(report)
    if known is None:
        key = event_key(report)
        known = ledger.get(key)
        if known is None:
            return _open_listed(ledger, report, key, transitions)
    if known.outcome is _GONE:
        reopened = replace(improved(known, report), outcome=_OPEN, logout_us=None)
        ledger.replace(reopened)
        transitions.append(Transition(What.CORRECTED, reopened, None))
        return reopened
    _improve(ledger, known, report, transitions)
    return known


def _open_listed(ledger: Ledger, report: Event, key: bytes, transitions: list[Transition]) -> Session:
    _open(ledger, report, key, _OPEN, transitions)
    return ledger.open.get(key) or ledger.ended[key]


def _is_without_tty(report: Event) -> bool:
    """Reports that name a terminal come first: they find their other half surely."""
    return not report.tty

"""History told anew beside what is known of it: what of it is news.

A session that is known lives on in the tracker at its own time, so that a record of it, from any
origin, finds it as it would have found it then. One whose own login is told again begins with that,
as it did the first time. Telling the same history again changes nothing.

Files may come in any order: what is known of a later time goes on as if it were told behind what is
news. A logout that had no login finds it, an end that is told now goes before a later one, and who was
on already did not come once more (``known_ends``).
"""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappop, heappush

from msgspec.structs import replace

from whotop.core.awaited import Awaited
from whotop.core.comings import COMINGS, Comings
from whotop.core.failures import FailedOnce
from whotop.core.identity import TOLERANCE_US, is_bare, other_half, same_login
from whotop.core.keys import event_key, logout_key
from whotop.core.known_ends import KnownEnds, Withdrawn
from whotop.core.tracker import SessionTracker
from whotop.core.transition import Transition
from whotop.model import Event, EventKind, Origin, Outcome, Session, Standing


class Replay:
    """Takes events in the order of their times, of any number of machines."""

    def __init__(self) -> None:
        self._tracker = SessionTracker()
        self._failed_once = FailedOnce()
        self._coming: frozenset[bytes] = frozenset()
        self._awaited = Awaited()
        """Known sessions whose own logins are coming."""
        self._recalls: list[tuple[int, bytes, Session]] = []
        """Those whose logins came, and when what other records told of them then is known again."""
        self._begins: list[tuple[int, bytes, Session]] = []
        self._ends: list[tuple[int, bytes, Session]] = []
        self._ends_known: dict[bytes, Session] = {}
        """Those whose ends are still to come: files may tell of earlier ones."""
        self._comings = Comings()
        self._known = KnownEnds()
        self._has_known = False
        self.withdrawn = Withdrawn()
        """What is known otherwise now. Whoever keeps it takes it away."""

    def expect(self, events: Iterable[Event]) -> None:
        """The events that come next: to be told before ``know``, where anything is known."""
        self._coming = frozenset(event_key(event) for event in events if event.kind is EventKind.LOGIN)

    def know(self, sessions: Iterable[Session], first_us: int) -> None:
        """Sessions that are known: those of one machine that are to be met from ``first_us``, its next event, on.

        One that has nothing but a user's name counts as it stands then; a later one only where its user is on
        already: rows alone tell the next apart.
        """
        for session in sessions:
            self._has_known = True
            if session.key in self._coming:
                self._awaited.add(session)
            elif not is_bare(session):
                heappush(self._begins, (session.login_us - TOLERANCE_US, session.key, session))
            elif session.logout_us is not None and session.logout_us <= first_us:
                self._tracker.restore([session])
            elif session.login_us <= first_us:
                self._begin(session)
            else:
                heappush(self._begins, (session.login_us, session.key, session))

    def know_failures(self, failures: Iterable[Event]) -> None:
        """Failed logins that are known, of about the time of the events to come."""
        for failure in failures:
            self._failed_once.remember(failure)

    def know_ends(self, events: Iterable[Event]) -> None:
        """Boots, shutdowns, and logouts without a session that are known: they end whose end nothing told."""
        self._known.add(events)
        self._has_known = self._has_known or bool(self._known)

    def apply(self, event: Event) -> list[Transition]:
        """What an event changes; what is known already may be among it, under its own keys."""
        ended = self.carry_on(event.time_us) if self._has_known else []
        kind = event.kind
        if kind in COMINGS and not self._comings.is_news(event, self._known.ahead()):
            return ended
        if not self._has_known:
            transitions = self._tracker.apply(event)
        elif kind is EventKind.LOGOUT:
            transitions = self._log_out(event, self._known.told(event))
        elif kind is EventKind.LOGIN and self._awaited:
            transitions = self._log_in(event)
        else:
            transitions = self._tracker.apply(event)
        if kind is EventKind.FAILED_LOGIN:
            transitions = [noted for noted in transitions if noted.event and self._failed_once.is_news(noted.event)]
        if self._ends_known:
            self._free_ends(transitions)
        return ended + transitions if ended else transitions

    def carry_on(self, until_us: int) -> list[Transition]:
        """What all that is known changes until a time, of which files tell nothing before it."""
        changed: list[Transition] = []
        while self._begins and self._begins[0][0] <= until_us:
            begun_us, _, session = heappop(self._begins)
            # A logout of the very time at which it begins was not taken for its own when it came.
            changed += self._end_until(begun_us + (begun_us == session.login_us))
            changed += self._meet_bare(session) if is_bare(session) else self._meet_other(session, begun_us)
        changed += self._end_until(until_us)
        return changed

    def forget(self, before_us: int) -> None:
        """Let go of the sessions that ended before a time: so long after, nothing corrects them."""
        self._tracker.expire(before_us)

    def open_sessions(self) -> list[Session]:
        """What nothing has ended."""
        return self._tracker.open_sessions()

    @property
    def unmatched_logouts(self) -> int:
        """How many logouts had no login."""
        return self._tracker.unmatched_logouts

    def _end_all(self, coming: Event) -> list[Transition]:
        """What a boot or shutdown ends that is known itself."""
        self._comings.remember(coming)
        ended = [one for one in self._tracker.apply(coming) if one.session is not None]
        self._free_ends(ended)
        return ended

    def _end_one(self, logout: Event, key: bytes) -> list[Transition]:
        """What a logout ends that is known. One that finds no session stays what it is."""
        kept = self._known.take(key)
        session = self._tracker.ended_by(logout)
        if session is None:
            ends = kept == key and self._tracker.is_ended(logout)
        else:
            ends = self._may_end(session, logout, is_loose=kept == key)
        if ends:
            ended = self._log_out(logout, kept)
            self._free_ends(ended)
            return ended
        if kept != key:
            self._withdraw(kept, b"")
        return []

    def _may_end(self, session: Session, logout: Event, *, is_loose: bool) -> bool:
        """Whether a known logout may be that of a session. One without a session is of none that ended later."""
        if is_loose and session.key in self._ends_known:
            return False
        return session.login_us < logout.time_us or (session.origin is Origin.FILE and is_loose)

    def _log_out(self, logout: Event, kept: bytes | None) -> list[Transition]:
        """A logout, and under which key it is kept."""
        transitions = self._tracker.apply(logout)
        if kept is not None and not any(map(self._is_seen, transitions)):
            key = own_key(logout, transitions) or b""
            if key != kept:
                self._withdraw(kept, key)
        return transitions

    def _is_seen(self, transition: Transition) -> bool:
        """Whether it is the end of a session that somebody has seen end."""
        known = None if transition.session is None else self._ends_known.get(transition.session.key)
        return known is not None and known.standing is not Standing.HISTORY

    def _withdraw(self, kept: bytes | None, key: bytes) -> None:
        if kept:
            self.withdrawn.events[kept] = key

    def _free_ends(self, transitions: Iterable[Transition]) -> None:
        """The known end of a session that ended well before is another one's, unless somebody saw it."""
        for ended in (transition.session for transition in transitions):
            if ended is not None and not ended.is_open and ended.key in self._ends_known:
                self._known.free_end(self._ends_known.pop(ended.key), ended)

    def _end_until(self, time_us: int) -> list[Transition]:
        """What is known to end until a time."""
        changed: list[Transition] = []
        if self._known:
            for known, key in self._known.until(time_us):
                # Who came at that very time came after it.
                self._settle(known.time_us - 1)
                changed += self._end_all(known) if known.kind in COMINGS else self._end_one(known, key)
        self._settle(time_us)
        return changed

    def _settle(self, time_us: int) -> None:
        """Have the known sessions as they were then."""
        while self._recalls and self._recalls[0][0] < time_us:
            self._tracker.recall(replace(heappop(self._recalls)[2], outcome=Outcome.OPEN, logout_us=None))
        while self._ends and self._ends[0][0] < time_us - TOLERANCE_US:
            self._end(heappop(self._ends)[2])

    def _end(self, session: Session) -> None:
        self._ends_known.pop(session.key, None)
        self._tracker.end_known(session)

    def _meet_other(self, session: Session, begun_us: int) -> list[Transition]:
        """A known session begins; who is on its terminal still is over then, as by its login."""
        there, login_us = self._tracker.in_place_of(session), session.login_us
        if there is None or there.login_us >= login_us or self._is_over_by(there, login_us + TOLERANCE_US):
            self._begin(session)
            return []
        if begun_us < login_us:
            heappush(self._begins, (login_us, session.key, session))
            return []
        ended = self._tracker.make_way(session)
        self._free_ends(ended)
        self._begin(session)
        return ended

    def _meet_bare(self, session: Session) -> list[Transition]:
        """A row told of a login: once more, if its user is on."""
        there = self._tracker.in_place_of(session)
        if there is not None and there.key != session.key and not self._is_over_by(there, session.login_us):
            self._take_back(session)
        return []

    def _is_over_by(self, session: Session, time_us: int) -> bool:
        known = self._ends_known.get(session.key)
        return known is not None and known.logout_us is not None and known.logout_us <= time_us

    def _take_back(self, session: Session) -> None:
        """It was none of its own: its logout is that of the one who was on."""
        self.withdrawn.sessions.add(session.key)
        self._withdraw(session.key, b"")
        self._known.free(session, logout_key(session.key))

    def _log_in(self, event: Event) -> list[Transition]:
        """A login while some that are known are awaited: one of theirs, or another origin's of the same."""
        key = event_key(event)
        session = self._awaited.get(key)
        if session is None:
            self._meet(event)
        elif is_bare(session):
            self._see_off(session)
        transitions = self._tracker.apply(event)
        self._recall(key)
        return transitions

    def _meet(self, event: Event) -> None:
        """Begin the session that is awaited, if this login tells of it."""
        near = self._awaited.near(event)
        if not near:
            return
        told = next((session for session in near if same_login(session, event)), None)
        if told is None and not self._tracker.knows(event):
            told = next((session for session in near if other_half(session, event)), None)
        if told is not None:
            self._awaited.remove(told)
            self._begin(told)

    def _see_off(self, session: Session) -> None:
        """Whoever has the place of a known session that begins now is gone, if that is known."""
        there = self._tracker.in_place_of(session)
        if there is not None and self._is_over_by(there, session.login_us):
            self._end(self._ends_known[there.key])

    def _recall(self, key: bytes) -> None:
        """The login of a session that is known was told again."""
        session = self._awaited.get(key)
        if session is None:
            return
        self._awaited.remove(session)
        if is_bare(session):
            self._meet_bare(session)
        else:
            heappush(self._recalls, (session.login_us + TOLERANCE_US, key, session))
        if key not in self.withdrawn.sessions:
            self._end_later(session)

    def _begin(self, session: Session) -> None:
        if session.is_open or session.logout_us is None:
            self._tracker.restore([session])
            return
        self._tracker.restore([replace(session, outcome=Outcome.OPEN, logout_us=None)])
        self._end_later(session)

    def _end_later(self, session: Session) -> None:
        if session.logout_us is not None:
            precision_us = TOLERANCE_US if is_bare(session) else 0  # no two tables date one logout differently
            heappush(self._ends, (session.logout_us - precision_us, session.key, session))
            self._ends_known[session.key] = session


def own_key(event: Event, transitions: Iterable[Transition]) -> bytes | None:
    """Under which key an event itself is kept, among what it changed; None where another told it before."""
    for transition in transitions:
        kept = transition.event
        if kept is not None and kept.kind is event.kind and kept.time_us == event.time_us:
            return kept.key
    return None

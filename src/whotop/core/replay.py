"""History told anew beside what is known of it: what of it is news.

A session that is known lives on in the tracker at its own time, so that a record of it, from any
origin, finds it as it would have found it then. One whose own login is told again begins with that,
as it did the first time. Telling the same history again changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from heapq import heappop, heappush

from msgspec.structs import replace

from whotop.clock import MINUTE_US
from whotop.core.failures import FailedOnce
from whotop.core.identity import TOLERANCE_US, is_bare, other_half, same_login
from whotop.core.keys import event_key
from whotop.core.tracker import SessionTracker
from whotop.core.transition import Transition
from whotop.model import Event, EventKind, Outcome, Session

COMING_US = 2 * MINUTE_US
"""Between what two origins say of one boot or shutdown: each writes of it when it is up itself."""
_COMINGS = frozenset({EventKind.BOOT, EventKind.SHUTDOWN})


class Replay:
    """Takes events in the order of their times, of any number of machines."""

    def __init__(self) -> None:
        self._tracker = SessionTracker()
        self._failed_once = FailedOnce()
        self._coming: frozenset[bytes] = frozenset()
        self._awaited: dict[bytes, Session] = {}
        """Known sessions whose own logins are coming."""
        self._near: defaultdict[tuple[str, str, int], list[Session]] = defaultdict(list)
        """The same by machine, user and when: another origin may date the login a little earlier."""
        self._recalls: list[tuple[int, bytes, Session]] = []
        """Those whose logins came, and when what other records told of them then is known again."""
        self._begins: list[tuple[int, bytes, Session]] = []
        self._ends: list[tuple[int, bytes, Session]] = []
        self._comings: dict[tuple[str, EventKind], Event] = {}
        """The last boot and shutdown of each machine."""
        self._known_comings: list[tuple[int, bytes, Event]] = []

    def expect(self, events: Iterable[Event]) -> None:
        """The events that come next: to be told before ``know``, where anything is known."""
        self._coming = frozenset(event_key(event) for event in events if event.kind is EventKind.LOGIN)

    def know(self, sessions: Iterable[Session], first_us: int) -> None:
        """Sessions that are known: those of one machine that are to be met from ``first_us``, its next event, on.

        One that has nothing but a user's name counts only as it stands then: rows alone tell the next apart.
        """
        for session in sessions:
            if session.key in self._coming:
                self._await(session)
            elif not is_bare(session):
                heappush(self._begins, (session.login_us - TOLERANCE_US, session.key, session))
            elif session.logout_us is not None and session.logout_us <= first_us:
                self._tracker.restore([session])
            elif session.login_us < first_us:
                self._begin(session)

    def know_failures(self, failures: Iterable[Event]) -> None:
        """Failed logins that are known, of about the time of the events to come."""
        for failure in failures:
            self._failed_once.remember(failure)

    def know_comings(self, comings: Iterable[Event]) -> None:
        """Boots and shutdowns that are known, of the time of the events to come: they end whose end nothing told."""
        for coming in comings:
            heappush(self._known_comings, (coming.time_us, coming.key, coming))

    def apply(self, event: Event) -> list[Transition]:
        """What an event changes; what is known already may be among it, under its own keys."""
        ended = self._come_until(event.time_us) if self._known_comings else []
        self._advance(event.time_us)
        if event.kind in _COMINGS and self._is_told_by_another(event):
            return ended
        if self._awaited and event.kind is EventKind.LOGIN:
            transitions = self._log_in(event)
        else:
            transitions = self._tracker.apply(event)
        if event.kind is EventKind.FAILED_LOGIN:
            transitions = [noted for noted in transitions if noted.event and self._failed_once.is_news(noted.event)]
        return ended + transitions if ended else transitions

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

    def _is_told_by_another(self, event: Event) -> bool:
        """Whether another origin told of this boot or shutdown."""
        before = self._comings.get((event.machine, event.kind))
        if before is not None and before.origin is not event.origin and event.time_us - before.time_us <= COMING_US:
            return True
        if any(_is_told_by(coming, event) for _, _, coming in self._known_comings):
            return True
        self._comings[event.machine, event.kind] = event
        return False

    def _come_until(self, time_us: int) -> list[Transition]:
        """What the known boots and shutdowns up to a time end."""
        ended: list[Transition] = []
        while self._known_comings and self._known_comings[0][0] <= time_us:
            coming = heappop(self._known_comings)[2]
            self._advance(coming.time_us)
            self._comings[coming.machine, coming.kind] = coming
            ended += [one for one in self._tracker.apply(coming) if one.session is not None]
        return ended

    def _advance(self, time_us: int) -> None:
        while self._begins and self._begins[0][0] <= time_us:
            self._begin(heappop(self._begins)[2])
        while self._recalls and self._recalls[0][0] < time_us:
            self._tracker.recall(replace(heappop(self._recalls)[2], outcome=Outcome.OPEN, logout_us=None))
        while self._ends and self._ends[0][0] < time_us - TOLERANCE_US:
            self._tracker.end_known(heappop(self._ends)[2])

    def _await(self, session: Session) -> None:
        self._awaited[session.key] = session
        self._near[session.machine, session.user, session.login_us // TOLERANCE_US].append(session)

    def _awaited_no_more(self, session: Session) -> None:
        del self._awaited[session.key]
        place = (session.machine, session.user, session.login_us // TOLERANCE_US)
        self._near[place].remove(session)
        if not self._near[place]:
            del self._near[place]

    def _log_in(self, event: Event) -> list[Transition]:
        """A login while some that are known are awaited: one of theirs, or another origin's of the same."""
        key = event_key(event)
        if key not in self._awaited:
            self._meet(event)
        transitions = self._tracker.apply(event)
        self._recall(key)
        return transitions

    def _meet(self, event: Event) -> None:
        """Begin the session that is awaited, if this login tells of it."""
        place = event.time_us // TOLERANCE_US
        around = (self._near.get((event.machine, event.user, place + step), ()) for step in (-1, 0, 1))
        near = [session for sessions in around for session in sessions]
        if not near:
            return
        told = next((session for session in near if same_login(session, event)), None)
        if told is None and not self._tracker.knows(event):
            told = next((session for session in near if other_half(session, event)), None)
        if told is not None:
            self._awaited_no_more(told)
            self._begin(told)

    def _recall(self, key: bytes) -> None:
        """The login of a session that is known was told again."""
        session = self._awaited.get(key)
        if session is None:
            return
        self._awaited_no_more(session)
        if not is_bare(session):
            heappush(self._recalls, (session.login_us + TOLERANCE_US, key, session))
            self._end_later(session)

    def _begin(self, session: Session) -> None:
        if session.is_open or session.logout_us is None:
            self._tracker.restore([session])
            return
        self._tracker.restore([replace(session, outcome=Outcome.OPEN, logout_us=None)])
        self._end_later(session)

    def _end_later(self, session: Session) -> None:
        if session.logout_us is not None:
            heappush(self._ends, (session.logout_us, session.key, session))


def _is_told_by(coming: Event, event: Event) -> bool:
    """Whether another origin's boot or shutdown, a little later, is this one."""
    return (
        (coming.machine, coming.kind) == (event.machine, event.kind)
        and coming.origin is not event.origin
        and coming.time_us - event.time_us <= COMING_US
    )


def own_key(event: Event, transitions: Iterable[Transition]) -> bytes | None:
    """Under which key an event itself is kept, among what it changed; None where another told it before."""
    for transition in transitions:
        kept = transition.event
        if kept is not None and kept.kind is event.kind and kept.time_us == event.time_us:
            return kept.key
    return None

"""Known ends: what is known that may end sessions which files tell of only now, in the order of their times.

Boots and shutdowns, logouts that had no login, and logouts of sessions that turn out to have ended
earlier, or to be none of their own: those are looked for a session anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import heappop, heappush
from itertools import count

import msgspec

from whotop.core.identity import TOLERANCE_US, is_bare
from whotop.core.keys import event_key
from whotop.model import Event, EventKind, Origin, Outcome, Session, Standing

_LOGOUT = EventKind.LOGOUT
_NAMELESS = frozenset({Origin.WTMP, Origin.UTMP})
"""Their logouts name a terminal and nobody."""


class Withdrawn(msgspec.Struct):
    """What was kept under keys that it has no longer."""

    sessions: set[bytes] = msgspec.field(default_factory=set)
    events: dict[bytes, bytes] = msgspec.field(default_factory=dict)
    """Under which key each is told now; empty: it is told no longer."""

    def __bool__(self) -> bool:
        return bool(self.sessions or self.events)


class KnownEnds:
    """Each is taken once, and not at all where the files told of it themselves in the meantime."""

    def __init__(self) -> None:
        self._ahead: list[tuple[int, bool, int, bytes, Event]] = []
        self._numbers = count()
        self._kept: dict[bytes, bytes] = {}
        """The logouts among them, and under which key each is kept; empty: nothing else keeps it."""

    def __bool__(self) -> bool:
        return bool(self._ahead)

    def add(self, events: Iterable[Event]) -> None:
        """Boots, shutdowns, and logouts that are kept without a session."""
        for event in events:
            if event.kind is _LOGOUT:
                self._kept[event.key] = event.key
            heappush(self._ahead, (event.time_us, event.kind is _LOGOUT, next(self._numbers), event.key, event))

    def free_end(self, known: Session, ended: Session) -> None:
        """A session ended well before it was known to: unless somebody saw it, that was the end of another one."""
        if known.standing is not Standing.HISTORY or known.logout_us is None or ended.logout_us is None:
            return
        if ended.logout_us < known.logout_us - TOLERANCE_US:
            self.free(known, b"")

    def free(self, session: Session, kept: bytes) -> None:
        """The logout of an ended session is that of another one, if of any."""
        if session.outcome is not Outcome.LOGOUT or session.logout_us is None:
            return
        logout = _logout_of(session, session.logout_us)
        key = event_key(logout)
        self._kept.setdefault(key, kept)
        heappush(self._ahead, (logout.time_us, True, next(self._numbers), key, logout))

    def until(self, time_us: int) -> Iterator[tuple[Event, bytes]]:
        """Those up to a time, and under which key a logout is known: of that very time the files tell first."""
        while self._ahead and self._ahead[0][:2] <= (time_us, False):
            _, is_logout, _, key, event = heappop(self._ahead)
            if not is_logout or key in self._kept:
                yield event, key

    def ahead(self) -> Iterator[Event]:
        """Those that are still to come, in no order."""
        return (event for *_, event in self._ahead)

    def told(self, logout: Event) -> bytes | None:
        """Under which key this logout is kept, if it is among them; it is taken with that."""
        return self.take(event_key(logout)) if self._kept else None

    def take(self, key: bytes) -> bytes | None:
        """The same by its own key."""
        return self._kept.pop(key, None)


def _logout_of(session: Session, logout_us: int) -> Event:
    """The record that told of the end, as far as it is known: who was there it may not have said."""
    return Event(
        machine=session.machine,
        kind=_LOGOUT,
        time_us=logout_us,
        user="" if session.origin in _NAMELESS else session.user,
        tty=session.tty,
        source=session.source if is_bare(session) else "",
        origin=session.origin,
        session_id=session.session_id,
        leader_pid=session.leader_pid,
        login_pid=session.login_pid,
        boot_id=session.boot_id,
        standing=session.standing,
        skew_us=session.skew_us,
        raw=session.raw if is_bare(session) else None,
    )

"""The ledger of one machine: its open sessions, and those that ended not long ago.

Ended ones are kept so that an old record that tells of them again opens nothing, and so that a
logout record can correct an end that was only concluded.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from whotop.clock import SECOND_US
from whotop.core.beginnings import Beginnings
from whotop.core.endings import Endings
from whotop.core.identity import TOLERANCE_US, ends, is_bare, other_half, same_login
from whotop.model import Event, Outcome, Session

ENDED_KEPT = 1_000
ENDED_DROPPED_AT_ONCE = 250
OPEN_KEPT = 20_000
"""A machine that tells of more open sessions than this is not believed: the rest are taken for gone."""
LOGOUTS_KEPT = 16
CANDIDATES = 64
"""At most this many are compared for one record: a machine that floods us costs no more."""
CORRECTION_US = 60_000_000
"""A logout dated so much later than its session was found gone is that of another session."""
_OPEN, _GONE = Outcome.OPEN, Outcome.GONE


class Ledger:
    """Every change goes through ``add``, ``replace`` and ``end``, which keep the indexes true."""

    __slots__ = (
        "_endings",
        "_open_by_id",
        "_open_by_leader",
        "_open_by_user",
        "begun",
        "ended",
        "listed",
        "listed_us",
        "newest_unmatched_us",
        "open",
        "open_by_tty",
        "provisional",
        "unmatched",
        "unmatched_count",
    )

    def __init__(self) -> None:
        self.open: dict[bytes, Session] = {}
        self.ended: dict[bytes, Session] = {}
        """In the order in which they ended, or became better known."""
        self.provisional: dict[bytes, None] = {}
        """Those of ``ended`` whose end a record may correct."""
        self.unmatched: dict[bytes, Event] = {}
        """The newest logouts without a login: their logins may come late."""
        self.newest_unmatched_us = 0
        self.unmatched_count = 0
        self.listed: frozenset[bytes] = frozenset()
        """What the machine's last full list of open sessions held."""
        self.listed_us: int | None = None
        """When that was, by the machine's clock; None: it never sent one."""
        self.begun = Beginnings()
        """Open and ended ones."""
        self._open_by_id: dict[str, Session] = {}
        self._open_by_leader: dict[int, Session] = {}
        self.open_by_tty: dict[str, Session] = {}
        self._open_by_user: dict[str, Session] = {}
        """Bare sessions only (``identity.is_bare``)."""
        self._endings = Endings(self.ended)

    def get(self, key: bytes) -> Session | None:
        """A session by its key, open or ended."""
        return self.open.get(key) or self.ended.get(key)

    def in_place_of(self, report: Session | Event) -> Session | None:
        """The open session on the same terminal, or of the same user where there is nothing but a name."""
        if report.tty:
            return self.open_by_tty.get(report.tty)
        return self._open_by_user.get(report.user) if is_bare(report) else None

    def told_before(self, login: Event) -> Session | None:
        """The session that this login event tells of, if it is known already."""
        if not login.tty and is_bare(login):
            return self._open_by_user.get(login.user)
        if login.time_us > self.begun.latest_us + TOLERANCE_US:
            return None
        if login.session_id:
            session = self._open_by_id.get(login.session_id)
            if session is not None and same_login(session, login):
                return session
        session = self.open_by_tty.get(login.tty)
        if session is not None and same_login(session, login):
            return session
        near = self.begun.near(login.time_us, TOLERANCE_US, CANDIDATES)
        return self._same_among(near, login) if near else None

    def _same_among(self, keys: list[bytes], login: Event) -> Session | None:
        """The session among these that the login tells of, for sure or as its other half."""
        # Only what has one of these in common can be it, and few have. What a login lacks equals nothing.
        user, tty, session_id = login.user, login.tty or None, login.session_id or None
        leader_pid, login_pid = login.leader_pid or None, login.login_pid or None
        half = None
        for key in keys:
            session = self.open.get(key) or self.ended[key]
            if (
                session.user != user
                and session.leader_pid != leader_pid
                and session.tty != tty
                and session.login_pid != login_pid
                and session.session_id != session_id
            ):
                continue
            if same_login(session, login):
                return session
            if half is None and other_half(session, login):
                half = session
        return half

    def ended_by(self, logout: Event) -> Session | None:
        """The session that this logout ends: an open one, else the latest whose end was only concluded."""
        if logout.duration_us is not None:
            return self._begun_with(logout, logout.time_us - logout.duration_us)
        if logout.session_id:
            session = self._open_by_id.get(logout.session_id)
            if session is not None and ends(session, logout):
                return session
        if logout.leader_pid:
            session = self._open_by_leader.get(logout.leader_pid)
            if session is not None and ends(session, logout):
                return session
        session = self.open_by_tty.get(logout.tty)
        if session is None and logout.user:
            session = self._open_by_user.get(logout.user)
        if session is not None and ends(session, logout):
            return session
        if self.provisional:
            return self._latest_provisional(logout)
        return None

    def _begun_with(self, logout: Event, login_us: int) -> Session | None:
        """The session of a record that tells when it began: of those that could be it, the nearest.

        That is the one of that very moment, where the record's own login told of it first.
        """
        return self._unended_near(logout, login_us, 0) or self._unended_near(logout, login_us, TOLERANCE_US)

    def _unended_near(self, logout: Event, login_us: int, tolerance_us: int) -> Session | None:
        candidates = (self.get(key) for key in self.begun.near(login_us, tolerance_us, CANDIDATES))
        matching = [session for session in candidates if session is not None and ends(session, logout)]
        unended = [session for session in matching if session.outcome is _OPEN or session.key in self.provisional]
        return min(unended, key=lambda session: abs(session.login_us - login_us), default=None)

    def _latest_provisional(self, logout: Event) -> Session | None:
        provisional = (session for session in self._ended_as(logout) if session.key in self.provisional)
        matching = [one for one in provisional if ends(one, logout) and _may_end_at(one, logout.time_us)]
        return max(matching, key=_login_us, default=None)

    def has_ended_by(self, logout: Event) -> bool:
        """Whether this logout repeats one that is known: another origin's, or the same read again.

        Bare ones are all of one origin: no two tables date one logout a second apart.
        """
        tolerance_us = SECOND_US - 1 if is_bare(logout) else TOLERANCE_US
        return any(
            session.logout_us is not None
            and -tolerance_us <= session.logout_us - logout.time_us <= tolerance_us
            and ends(session, logout)
            for session in self._ended_as(logout)
        )

    def _ended_as(self, logout: Event) -> Iterator[Session]:
        """The ended sessions that a logout may be of."""
        if logout.duration_us is not None:
            near = self.begun.near(logout.time_us - logout.duration_us, TOLERANCE_US, CANDIDATES)
            yield from (self.ended[key] for key in near if key in self.ended)
        yield from self._endings.like(logout, CANDIDATES)

    def add(self, session: Session) -> None:
        """Take in a new session, open or ended."""
        self.begun.add(session.login_us, session.key)
        if session.outcome is _OPEN:
            self._keep_open(session)
        else:
            self._keep_ended(session)

    def replace(self, session: Session) -> None:
        """Keep a better known version of a session; one that turns out to be open after all is open again."""
        key = session.key
        if session.outcome is _OPEN:
            if key not in self.open:
                self._endings.leave(self.ended.pop(key))
                self.provisional.pop(key, None)
            self._keep_open(session)
        else:
            self._endings.leave(self.ended.pop(key))
            self.ended[key] = session
            if session.outcome is not _GONE:
                self.provisional.pop(key, None)

    def end(self, ended: Session) -> None:
        """Move a session, in its ended version, from the open ones to the ended ones."""
        session = self.open.pop(ended.key)
        # Another one may have its place by now.
        if self.open_by_tty.get(session.tty) is session:
            del self.open_by_tty[session.tty]
        if self._open_by_id.get(session.session_id) is session:
            del self._open_by_id[session.session_id]
        if self._open_by_leader.get(session.leader_pid) is session:
            del self._open_by_leader[session.leader_pid]
        if self._open_by_user and self._open_by_user.get(session.user) is session:
            del self._open_by_user[session.user]
        self._keep_ended(ended)

    def _keep_open(self, session: Session) -> None:
        key = session.key
        self.open[key] = session
        if session.session_id:
            self._open_by_id[session.session_id] = session
        if session.leader_pid:
            self._open_by_leader[session.leader_pid] = session
        if session.tty:
            self.open_by_tty[session.tty] = session
        elif is_bare(session):
            self._open_by_user[session.user] = session

    def _keep_ended(self, session: Session) -> None:
        self.ended[session.key] = session
        if session.outcome is _GONE:
            self.provisional[session.key] = None
        if len(self.ended) > ENDED_KEPT:
            self._drop(list(islice(self.ended, ENDED_DROPPED_AT_ONCE)))

    def expire(self, before_us: int) -> None:
        """Forget the sessions that ended before a time."""
        self._drop([key for key, session in self.ended.items() if (session.logout_us or session.login_us) < before_us])

    def _drop(self, keys: list[bytes]) -> None:
        for key in keys:
            self._endings.leave(self.ended.pop(key))
            self.provisional.pop(key, None)
        if keys:
            self.begun.drop(frozenset(keys))

    def missing_from(self, told: frozenset[bytes], since_us: int) -> Iterator[Session]:
        """Open sessions that the machine's full list does not have.

        One that began after ``since_us`` is missing from it only if an earlier list had it, or if
        somebody came to its terminal later: a record may tell of a session before there is anything
        that a list could show.
        """
        for key, session in list(self.open.items()):
            if key in told:
                continue
            if session.login_us <= since_us or key in self.listed or self._was_followed(session, told):
                yield session

    def _was_followed(self, session: Session, told: frozenset[bytes]) -> bool:
        now_there = self.open_by_tty.get(session.tty)
        return now_there is not None and now_there.key in told and now_there.login_us >= session.login_us

    def remember_unmatched(self, key: bytes, logout: Event) -> bool:
        """Count a logout without a login; False when the very same record was counted before."""
        if key in self.unmatched:
            return False
        self.unmatched_count += 1
        self.unmatched[key] = logout
        if len(self.unmatched) > LOGOUTS_KEPT:
            del self.unmatched[next(iter(self.unmatched))]
        self.newest_unmatched_us = max(logout.time_us for logout in self.unmatched.values())
        return True

    def logout_known_for(self, session: Session) -> tuple[bytes, Event] | None:
        """The remembered logout of a session whose login came late, and its key; unmatched no longer."""
        for key, logout in self.unmatched.items():
            if logout.time_us > session.login_us and ends(session, logout):
                self.unmatched_count -= 1
                return key, self.unmatched.pop(key)
        return None


def _login_us(session: Session) -> int:
    return session.login_us


def _may_end_at(session: Session, time_us: int) -> bool:
    return session.logout_us is None or time_us <= session.logout_us + CORRECTION_US

"""How sessions end: by a logout record, by what another record lets conclude, or by being gone."""

from __future__ import annotations

from msgspec.structs import replace

from whotop.core.keys import logout_key
from whotop.core.ledger import Ledger
from whotop.core.transition import Transition, What
from whotop.model import Event, EventKind, Origin, Outcome, Session

_CLOSED, _CORRECTED = What.CLOSED, What.CORRECTED
_OPEN, _LOGGED_OUT = Outcome.OPEN, Outcome.LOGOUT
_LOGOUT = EventKind.LOGOUT
_UTMP, _WTMP = Origin.UTMP, Origin.WTMP


def close(ledger: Ledger, session: Session, logout: Event) -> Transition:
    """End a session by its completed logout event, or correct the end that was only concluded."""
    ended = replace(session, logout_us=logout.time_us, outcome=logout.outcome)
    if session.outcome is _OPEN:
        ledger.end(ended)
        return Transition(_CLOSED, ended, logout)
    ledger.replace(ended)
    return Transition(_CORRECTED, ended, logout)


def completed(logout: Event, session: Session, key: bytes, outcome: Outcome | None = None) -> Event:
    """A logout record with what its session knows: a wtmp record of a logout names no user.

    Without an ``outcome`` it is the record's own, if it tells one, else an ordinary logout.
    """
    return replace(
        logout,
        key=key,
        session_key=session.key,
        duration_us=logout.time_us - session.login_us,
        outcome=outcome or logout.outcome or _LOGGED_OUT,
        user=logout.user or session.user,
        tty=logout.tty or session.tty,
        source=logout.source or session.source,
        raw=logout.raw or session.raw,
    )


def concluded(session: Session, cause: Event, outcome: Outcome) -> Event:
    """The logout event of a session that ended without a record, at the time of what ended it."""
    record = Event(
        machine=session.machine,
        kind=_LOGOUT,
        time_us=cause.time_us,
        origin=session.origin,
        session_id=session.session_id,
        leader_pid=session.leader_pid,
        login_pid=session.login_pid,
        boot_id=session.boot_id,
        service=session.service,
        standing=cause.standing,
        seen_us=cause.seen_us,
        skew_us=cause.skew_us,
    )
    return completed(record, session, logout_key(session.key), outcome)


def make_room(ledger: Ledger, login: Event) -> list[Transition]:
    """End the session that a new login's terminal had before, as ``last`` does."""
    if login.origin is not _WTMP and login.origin is not _UTMP:
        return []
    logout = Event(machine=login.machine, kind=_LOGOUT, time_us=login.time_us, tty=login.tty)
    earlier = ledger.ended_by(logout)
    return [] if earlier is None else [close(ledger, earlier, concluded(earlier, login, _LOGGED_OUT))]


def end_all(ledger: Ledger, cause: Event, outcome: Outcome) -> list[Transition]:
    """End what was open when the machine booted (``crash``) or was shut down."""
    ending = [session for session in ledger.open.values() if _ends_at(ledger, session, cause)]
    ending += [session for session in ledger.ended.values() if _was_concluded_later(session, cause)]
    return [close(ledger, session, concluded(session, cause, outcome)) for session in ending]


def _ends_at(ledger: Ledger, session: Session, cause: Event) -> bool:
    """Whether an open session is over by then: not if a list made later still holds it.

    One that began at that very time came after it, in whichever order the two are told.
    """
    if session.login_us >= cause.time_us:
        return False
    if cause.kind is EventKind.BOOT and session.boot_id == cause.boot_id != "":
        return False
    listed_later = ledger.listed_us is not None and cause.time_us <= ledger.listed_us
    return not (listed_later and session.key in ledger.listed)


def _was_concluded_later(session: Session, cause: Event) -> bool:
    """Whether a session that was found gone, or a crash taken for its end, had ended here already."""
    if session.outcome is Outcome.CRASH:
        replaceable = cause.kind is EventKind.SHUTDOWN
    else:
        replaceable = session.outcome is Outcome.GONE
    return (
        replaceable
        and session.login_us < cause.time_us
        and (session.logout_us is None or cause.time_us < session.logout_us)
    )

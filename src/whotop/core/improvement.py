"""What a second origin knows better about a session: it fills what the first one left empty."""

from __future__ import annotations

from msgspec.structs import replace

from whotop.model import Event, Origin, RawText, Session


def improved(session: Session, login: Event) -> Session:
    """The session with its empty fields filled from another report; itself when nothing is new.

    What a process alone told is dated anew: by its start, which is a little off the login itself.
    """
    better = completed_by(session, login)
    if session.origin is Origin.PROC and login.origin is not Origin.PROC:
        better = replace(better, login_us=login.time_us, origin=login.origin)
    if better == session:
        return session
    return better if login.raw is None else replace(better, raw=_filled_raw(session, login.raw))


def completed_by(session: Session, told: Session | Event) -> Session:
    """The session with its empty fields filled from another report, or from another version of it."""
    return replace(
        session,
        user=session.user or told.user,
        tty=session.tty or told.tty,
        source=session.source or told.source,
        boot_id=session.boot_id or told.boot_id,
        session_id=session.session_id or told.session_id,
        leader_pid=session.leader_pid or told.leader_pid,
        login_pid=session.login_pid or told.login_pid,
        service=session.service or told.service,
    )


def _filled_raw(session: Session, told: RawText) -> RawText:
    """Texts as received of the fields that were filled; what was known keeps its own."""
    known = session.raw or RawText()
    return RawText(
        user=known.user if session.user else told.user,
        tty=known.tty if session.tty else told.tty,
        source=known.source if session.source else told.source,
    )

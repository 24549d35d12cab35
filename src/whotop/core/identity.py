"""Identity: whether two reports are of one session.

logind, utmp and wtmp tell of the same login in their own ways and within two seconds of each other.
What both reports carry decides, the surest first; a login's ``ut_pid`` and logind's leader are
different processes with OpenSSH and are never compared with each other.
"""

from __future__ import annotations

from whotop.clock import SECOND_US
from whotop.model import Event, Origin, Session

TOLERANCE_US = 2_000_000
"""How far apart two origins may date one login."""


def same_boot(session: Session, event: Event) -> bool:
    """Whether both can belong to one boot of the machine; an unknown boot id can be any."""
    return session.boot_id == event.boot_id or not session.boot_id or not event.boot_id


def same_login(session: Session, event: Event) -> bool:
    """Whether a login event surely tells of this session: the first mark that both carry decides.

    A session that was over when its leader began has a leader that is another one's: its record was
    taken for the other half of what a list told of somebody who came back within two seconds.
    """
    if not -TOLERANCE_US <= session.login_us - event.time_us <= TOLERANCE_US:
        return False
    if session.boot_id != event.boot_id and session.boot_id and event.boot_id:
        return False
    if session.session_id and event.session_id:
        return session.session_id == event.session_id
    if session.leader_pid and event.leader_pid:
        return session.leader_pid == event.leader_pid and not _ended_before(session, event, _precision_us(session))
    if session.login_pid and event.login_pid:
        return session.login_pid == event.login_pid
    if session.tty != event.tty or not event.tty:
        return False
    if session.user != event.user and Origin.LASTLOG in (session.origin, event.origin):
        # Of two people whom one terminal served within two seconds it tells of both, in whole seconds.
        return False
    return session.logout_us is None or not _ended_before(session, event)


def other_half(session: Session, event: Event) -> bool:
    """Whether one names the leader but no terminal, and the other comes from utmp or wtmp.

    sshd opens the PAM session before it has a terminal: for a moment logind knows no tty, and sshd's
    own log and PAM's wtmpdb never do. Nothing but user and source ties the two reports together, so a
    sure match goes before this one.
    """
    return (
        session.user == event.user
        and not (session.tty and event.tty)
        and (_is_led(session) != _is_led(event) or _is_half_in_wtmpdb(session, event))
        and (session.source == event.source or not session.source or not event.source)
        and -TOLERANCE_US <= session.login_us - event.time_us <= TOLERANCE_US
        and same_boot(session, event)
        and not _ended_before(session, event)
    )


def _is_led(report: Session | Event) -> bool:
    """Whether it is told by logind, or by what goes by the same process."""
    return bool(report.session_id or report.leader_pid)


def _is_half_in_wtmpdb(session: Session, event: Event) -> bool:
    """Whether one is from wtmpdb, without its terminal, and the other from utmp or wtmp."""
    bare, other = (event, session) if session.tty else (session, event)
    return bool(other.tty) and bare.origin is Origin.WTMPDB is not other.origin and not _is_led(bare)


def _ended_before(session: Session, event: Event, precision_us: int = 0) -> bool:
    """Whether the session was over when this login was written, which is then another one."""
    return session.logout_us is not None and session.logout_us + precision_us <= event.time_us


def _precision_us(session: Session) -> int:
    """How much later its times may be than they are told: syslog writes whole seconds."""
    is_whole = not (session.login_us % SECOND_US or (session.logout_us or 0) % SECOND_US)
    return SECOND_US if is_whole else 0


def ends(session: Session, logout: Event) -> bool:
    """Whether this logout is the session's.

    The surest mark may date it before the login (the clock was stepped); otherwise the logout must
    be the later one. On a terminal, a logout ends whoever is there, whatever its pid
    (util-linux login-utils/last.c: programs that use logwtmp(3) write their own).
    """
    if session.boot_id != logout.boot_id and session.boot_id and logout.boot_id:
        return False
    if session.session_id and logout.session_id:
        return session.session_id == logout.session_id
    if session.leader_pid and logout.leader_pid:
        return session.leader_pid == logout.leader_pid
    if logout.duration_us is not None:
        return _is_row_of(session, logout, logout.time_us - logout.duration_us)
    if session.tty and logout.tty:
        if session.tty != logout.tty:
            return False
        return session.login_us <= logout.time_us or session.login_pid == logout.login_pid != 0
    return is_bare(session) and is_bare(logout) and session.user == logout.user and session.login_us <= logout.time_us


def _is_row_of(session: Session, logout: Event, login_us: int) -> bool:
    """Whether a record that holds both ends of a session (wtmpdb) is of this one."""
    return (
        session.user == logout.user
        and -TOLERANCE_US <= session.login_us - login_us <= TOLERANCE_US
        and (session.tty == logout.tty or not session.tty or not logout.tty)
    )


def is_bare(report: Session | Event) -> bool:
    """Whether nothing but its user tells it from others: a row of an event file without ttys."""
    if report.origin is not Origin.FILE:
        return False
    return not (report.tty or report.session_id or report.login_pid or report.leader_pid)

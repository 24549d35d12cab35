"""Connections and consoles that are logged in, from their first line to their last.

sshd accepts, PAM opens a session, logind names it, and each says so: one login. It is known by its
process: the one that opens the PAM session is the one that logind calls the session's leader.
"""

from __future__ import annotations

from collections import OrderedDict
from itertools import islice

from whotop.clock import SECOND_US
from whotop.model import EventKind
from whotop.parse.log_line import LogLine
from whotop.parse.login_finding import NOTHING, Finding, Findings, service_of
from whotop.parse.login_sign import Sign
from whotop.parse.pam_log import is_login

KEPT = 8192
NEAR_US = 10 * SECOND_US
"""logind names a session within so long of its login's other lines."""
CANDIDATES = 64
"""At most so many logins are looked at for one line: a machine that floods us costs no more."""
OTHERS_KEPT = 64
UNTOLD_SERVICES = frozenset({b"systemd-user", b"cron", b"crond"})
"""logind does not write of their sessions, or names what they are."""

_LOGIN, _LOGOUT = EventKind.LOGIN, EventKind.LOGOUT

Place = int | bytes
"""A process; where the log does not name it, logind's id of a session, or what else tells the login from others."""


class _Connection:
    """One login."""

    __slots__ = ("is_over", "line", "place", "port", "service", "session_id", "source", "tty", "user", "waits_for_pam")

    def __init__(self, place: Place, line: LogLine, user: bytes, service: bytes) -> None:
        self.place, self.line, self.user, self.service = place, line, user, service
        self.source = self.port = self.tty = self.session_id = b""
        self.waits_for_pam = self.is_over = False


class LoginConnections:
    """All of one machine's. Every method gives the logins and logouts that its line tells."""

    def __init__(self) -> None:
        self._by_place: OrderedDict[Place, _Connection] = OrderedDict()
        self._by_port: dict[tuple[bytes, bytes], _Connection] = {}
        self._by_session: dict[bytes, _Connection] = {}
        self._others: dict[int, tuple[bytes, int]] = {}
        """Sessions of services by which nobody logs in (su): whose, and since when."""

    def unsettled_since_us(self, now_us: int) -> int | None:
        """The time of the earliest line of which logind's may still speak; None: there is none."""
        times = [time_us for _, time_us in self._others.values() if time_us > now_us - NEAR_US]
        for known in islice(reversed(self._by_place.values()), CANDIDATES):
            if known.line.time_us <= now_us - NEAR_US:
                break
            times.append(known.line.time_us)
        return min(times, default=None)

    def accepted(self, line: LogLine, sign: Sign) -> Findings:
        """The program let somebody in: it knows from where."""
        known = self._open_at(line.pid)
        if known is None or known.source or known.user != sign.user:
            if known is not None and (known.source, known.port) == (sign.source, sign.port):
                return NOTHING
            known = self._begun(line, sign, line.pid or _place(line, sign), service_of(line))
        known.source, known.port = sign.source, sign.port
        self._by_port[sign.source, sign.port] = known
        return [_login(known, sign.detail)]

    def opened(self, line: LogLine, sign: Sign) -> Findings:
        """PAM began a session."""
        if not is_login(sign.service):
            self._note_other(line, sign)
            return NOTHING
        known = self._open_at(line.pid) if line.pid else self._of_user(sign.service, sign.user, line.time_us - NEAR_US)
        is_new = known is None
        if known is None:
            known = self._begun(line, sign, line.pid or _place(line, sign), sign.service)
        known.waits_for_pam = True
        return [_login(known)] if is_new else NOTHING

    def closed(self, line: LogLine, sign: Sign) -> Findings:
        """PAM ended a session."""
        if not is_login(sign.service):
            return NOTHING
        known = self._by_place.get(line.pid) if line.pid else self._of_user(sign.service, sign.user)
        if known is not None:
            return self._over(known, line)
        if not line.pid:
            return NOTHING
        return [Finding(_LOGOUT, line, sign.user, sign.source, leader_pid=line.pid, service=sign.service)]

    def has(self, line: LogLine, sign: Sign) -> bool:
        """Whether this end of a connection is that of a login; sshd may write it from a child's process."""
        return self._ending(line, sign) is not None

    def left(self, line: LogLine, sign: Sign) -> Findings:
        """The connection of a login ended; where PAM keeps a session, its end is told next, and is the true one."""
        known = self._ending(line, sign)
        return NOTHING if known is None or known.waits_for_pam else self._over(known, line)

    def on_terminal(self, line: LogLine, sign: Sign) -> Findings:
        """A login has got its terminal: told again, with it."""
        known = self._open_at(line.pid) or self._by_port.get((sign.source, sign.port))
        if known is None and not line.pid:
            known = self._of_user(service_of(line), sign.user, line.time_us - NEAR_US)
        if known is None:
            if sign.port:
                return NOTHING
            known = self._begun(line, sign, line.pid or _place(line, sign), service_of(line))
            known.source = sign.source
        elif known.tty:
            return NOTHING
        known.tty = sign.tty
        known.source = known.source or sign.source
        return [_login(known)]

    def session_new(self, line: LogLine, sign: Sign) -> Findings:
        """A session of logind began: mostly of a login that is known already."""
        user = sign.user or line.user
        if sign.service or self._is_other(line, user):
            return NOTHING
        known = self._open_at(line.leader_pid) if line.leader_pid else self._newest(line, user)
        is_new = known is None
        if known is None:
            known = self._begun(line, sign, line.leader_pid or sign.session_id, b"")
        known.session_id = sign.session_id
        self._by_session[sign.session_id] = known
        return [_login(known)] if is_new else NOTHING

    def session_removed(self, line: LogLine, sign: Sign) -> Findings:
        """A session of logind ended."""
        known = self._by_session.pop(sign.session_id, None) or self._by_place.get(line.leader_pid)
        return NOTHING if known is None else self._over(known, line)

    def _begun(self, line: LogLine, sign: Sign, place: Place, service: bytes) -> _Connection:
        connection = _Connection(place, line, sign.user or line.user, service)
        if place:
            before = self._by_place.get(place)
            if before is not None:
                self._drop(before)
            self._by_place[place] = connection
            if len(self._by_place) > KEPT:
                self._drop(next(iter(self._by_place.values())))
        return connection

    def _drop(self, connection: _Connection) -> None:
        del self._by_place[connection.place]
        self._forget(connection)

    def _forget(self, connection: _Connection) -> None:
        """It can be found by its process only: later lines may still tell of its end."""
        if self._by_port.get((connection.source, connection.port)) is connection:
            del self._by_port[connection.source, connection.port]
        if self._by_session.get(connection.session_id) is connection:
            del self._by_session[connection.session_id]

    def _over(self, connection: _Connection, line: LogLine) -> Findings:
        if connection.is_over:
            return NOTHING
        connection.is_over = True
        self._forget(connection)
        is_named = _pid(connection) or connection.place == connection.session_id
        logout = Finding(
            _LOGOUT,
            line,
            connection.user,
            connection.source,
            connection.tty,
            leader_pid=_pid(connection),
            session_id=connection.session_id,
            service=connection.service,
            begun_us=0 if is_named else connection.line.time_us,
        )
        return [logout]

    def _open_at(self, place: Place) -> _Connection | None:
        known = self._by_place.get(place) if place else None
        return None if known is None or known.is_over else known

    def _ending(self, line: LogLine, sign: Sign) -> _Connection | None:
        known = self._open_at(line.pid)
        return known or (self._by_port.get((sign.source, sign.port)) if sign.port else None)

    def _newest(self, line: LogLine, user: bytes) -> _Connection | None:
        """The login just told of that user, where logind's line names no process."""
        for known in islice(reversed(self._by_place.values()), CANDIDATES):
            if known.line.time_us < line.time_us - NEAR_US:
                return None
            if known.user == user and not known.session_id and not known.is_over:
                return known
        return None

    def _of_user(self, service: bytes, user: bytes, since_us: int = 0) -> _Connection | None:
        """The latest login of that user by that service that is open, where lines name no process."""
        for known in islice(reversed(self._by_place.values()), CANDIDATES):
            if known.line.time_us < since_us:
                return None
            if known.user == user and known.service == service and not known.is_over:
                return known
        return None

    def _note_other(self, line: LogLine, sign: Sign) -> None:
        if sign.service in UNTOLD_SERVICES:
            return
        self._others[line.pid] = (sign.user, line.time_us)
        if len(self._others) > OTHERS_KEPT:
            del self._others[next(iter(self._others))]

    def _is_other(self, line: LogLine, user: bytes) -> bool:
        """Whether logind's session is one of su or the like, by its process or else by user and time."""
        if line.leader_pid:
            return line.leader_pid in self._others
        if self._newest(line, user) is not None:
            return False
        return any(name == user and time_us >= line.time_us - NEAR_US for name, time_us in self._others.values())


def _place(line: LogLine, sign: Sign) -> bytes:
    """What stands for a process that a line does not name; gdm's and lightdm's do not on some systems."""
    return b"%s %s %s %d" % (line.program, sign.user, sign.port, line.time_us)


def _pid(connection: _Connection) -> int:
    return connection.place if isinstance(connection.place, int) else 0


def _login(connection: _Connection, detail: bytes = b"") -> Finding:
    return Finding(
        _LOGIN,
        connection.line,
        connection.user,
        connection.source,
        connection.tty,
        leader_pid=_pid(connection),
        session_id=connection.session_id,
        service=connection.service,
        detail=detail,
    )

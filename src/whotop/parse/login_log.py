"""Lines of logs into events: logins, logouts, failed logins, and the machine's own coming and going.

Each of these is told by several lines, of several programs; each becomes one event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec
from msgspec.structs import replace

from whotop.clock import MINUTE_US
from whotop.model import Event, EventKind, Origin, Standing
from whotop.parse import console_log, dropbear_log, logind_log, pam_log, sshd_log
from whotop.parse.log_line import LOGIND, LONGEST_BYTES, LogLine
from whotop.parse.login_attempts import LoginAttempts
from whotop.parse.login_connections import LoginConnections
from whotop.parse.login_finding import NOTHING, Finding, Findings
from whotop.parse.login_sign import Sign, SignKind
from whotop.parse.received import raw_text, received
from whotop.parse.utmp import Ordinals

GOING_DOWN_US = 10 * MINUTE_US
"""A machine that still writes so long after its farewell did not go."""
_LATEST_US = 2**53


_READERS = {
    **dict.fromkeys(sshd_log.PROGRAMS, sshd_log.sign),
    LOGIND: logind_log.sign,
    b"login": console_log.sign,
    b"dropbear": dropbear_log.sign,
}


def sign_of(line: LogLine) -> Sign | None:
    """What one line says by itself."""
    message = line.message[:LONGEST_BYTES]
    if message.startswith(b"pam_"):
        return pam_log.sign(message)
    reader = _READERS.get(line.program)
    return None if reader is None else reader(message)


class _Told(msgspec.Struct, frozen=True):
    """What is known of all events of one call."""

    standing: Standing
    seen_us: int
    skew_us: int
    boot_id: str


class LoginLog:
    """Reads one machine's log, line after line; what it has to remember between lines is bounded."""

    def __init__(self, machine: str, origin: Origin) -> None:
        self._machine, self._origin = machine, origin
        self._ordinals = Ordinals()
        self._attempts = LoginAttempts()
        self._connections = LoginConnections()
        self._boot_id = ""
        self._latest: LogLine | None = None
        self._now_us = 0
        self._goes_down: LogLine | None = None
        self._handlers: dict[SignKind, Callable[[LogLine, Sign], Findings]] = {
            SignKind.CONNECTED: self._attempts.noted,
            SignKind.KEY_FAILED: self._attempts.noted,
            SignKind.FAILED: self._attempts.failed,
            SignKind.PAM_ERROR: self._attempts.pam_error,
            SignKind.PAM_FAILURE: self._attempts.pam_failure,
            SignKind.SUMMED: self._attempts.summed,
            SignKind.REFUSED: self._attempts.refused,
            SignKind.TOO_MANY: self._attempts.too_many,
            SignKind.LEFT: self._left,
            SignKind.ACCEPTED: self._accepted,
            SignKind.OPENED: self._opened,
            SignKind.CLOSED: self._connections.closed,
            SignKind.ON_TERMINAL: self._connections.on_terminal,
            SignKind.SESSION_NEW: self._connections.session_new,
            SignKind.SESSION_REMOVED: self._connections.session_removed,
            SignKind.GOES_DOWN: self._going_down,
            SignKind.STARTED: self._started,
        }

    @property
    def unsettled_since_us(self) -> int | None:
        """From when on lines must be read again, after a restart, to understand those that follow; None: none."""
        attempts, connections = self._attempts, self._connections
        since_us = [attempts.unsettled_since_us(self._now_us), connections.unsettled_since_us(self._now_us)]
        if self._goes_down is not None and self._now_us - self._goes_down.time_us < GOING_DOWN_US:
            since_us.append(self._goes_down.time_us)
        return min((time_us for time_us in since_us if time_us is not None), default=None)

    def events(
        self,
        lines: Iterable[LogLine],
        *,
        standing: Standing = Standing.LIVE,
        seen_us: int = 0,
        skew_us: int = 0,
        boot_id: str = "",
    ) -> list[Event]:
        """Give the events that these lines tell; ``boot_id`` is for lines that do not name theirs."""
        found: list[Event] = []
        told = _Told(standing, seen_us, skew_us, boot_id)
        attempts = self._attempts
        for line in lines:
            time_us = line.time_us
            if not 0 < time_us <= _LATEST_US:
                continue
            if line.boot_id != self._boot_id:
                for finding in self._of_boot(line):
                    self._tell(finding, told, found)
            if time_us >= attempts.due_us:
                for finding in attempts.overdue(time_us):
                    self._tell(finding, told, found)
            sign = sign_of(line)
            if sign is not None:
                for finding in self._handlers[sign.kind](line, sign):
                    self._tell(finding, told, found)
            self._latest, self._now_us = line, time_us
        return found

    def settle(
        self,
        now_us: int,
        *,
        standing: Standing = Standing.LIVE,
        seen_us: int = 0,
        skew_us: int = 0,
        boot_id: str = "",
    ) -> list[Event]:
        """Give the failures of which nothing more will be heard at ``now_us`` by the machine's clock.

        For a log that is followed: to be asked now and then while no line comes.
        """
        self._now_us = now_us
        return self._all_of(self._attempts.overdue(now_us), _Told(standing, seen_us, skew_us, boot_id))

    def finish(
        self,
        *,
        standing: Standing = Standing.LIVE,
        seen_us: int = 0,
        skew_us: int = 0,
        boot_id: str = "",
    ) -> list[Event]:
        """Give what the last lines leave open, at the end of a file."""
        return self._all_of(self._attempts.finish(), _Told(standing, seen_us, skew_us, boot_id))

    def _accepted(self, line: LogLine, sign: Sign) -> Findings:
        self._attempts.succeeded(line, sign)
        return self._connections.accepted(line, sign)

    def _opened(self, line: LogLine, sign: Sign) -> Findings:
        if pam_log.is_login(sign.service):
            self._attempts.succeeded(line, sign)
        return self._connections.opened(line, sign)

    def _left(self, line: LogLine, sign: Sign) -> Findings:
        connections = self._connections
        return (connections if connections.has(line, sign) else self._attempts).left(line, sign)

    def _going_down(self, line: LogLine, sign: Sign) -> Findings:
        self._goes_down = line
        return NOTHING

    def _started(self, line: LogLine, sign: Sign) -> Findings:
        """A start of logind: with the machine if it was told to go down before, else was only restarted."""
        farewell, latest = self._goes_down, self._latest
        self._goes_down = None
        if farewell is None or latest is None or line.boot_id:
            return NOTHING
        if latest.time_us - farewell.time_us >= GOING_DOWN_US:
            return NOTHING
        return [Finding(EventKind.SHUTDOWN, latest), Finding(EventKind.BOOT, line)]

    def _of_boot(self, line: LogLine) -> Findings:
        """A new boot id in the journal: the machine has booted between this line and the one before."""
        if not line.boot_id or line.boot_id == self._boot_id:
            return NOTHING
        found = []
        if self._boot_id:
            if self._goes_down is not None and self._latest is not None:
                # Dated by the last line: sessions that end in the course of it end by themselves.
                found.append(Finding(EventKind.SHUTDOWN, self._latest))
            found.append(Finding(EventKind.BOOT, line))
        self._boot_id, self._goes_down = line.boot_id, None
        return found

    def _all_of(self, findings: Findings, told: _Told) -> list[Event]:
        found: list[Event] = []
        for finding in findings:
            self._tell(finding, told, found)
        return found

    def _tell(self, finding: Finding, told: _Told, found: list[Event]) -> None:
        """Add the events of a finding. A call with more than 15 keywords takes three times as long."""
        line = finding.line
        user, raw_user = received(finding.user)
        source, raw_source = received(finding.source)
        # A text log tells one connection from another by the process alone.
        record_id = line.record_id or (str(line.pid) if line.pid else "")
        for _ in range(finding.count):
            event = Event(
                machine=self._machine,
                kind=finding.kind,
                time_us=line.time_us,
                user=user,
                source=source,
                origin=self._origin,
                leader_pid=finding.leader_pid,
                boot_id=line.boot_id or told.boot_id,
                record_id=record_id,
                ordinal=self._ordinals.next(line.time_us, (finding.kind, user, source, finding.tty, record_id)),
                service=received(finding.service)[0],
                detail=received(finding.detail)[0],
                standing=told.standing,
                seen_us=told.seen_us,
                skew_us=told.skew_us,
            )
            if finding.begun_us:
                event = replace(event, duration_us=line.time_us - finding.begun_us)
            if finding.tty or finding.session_id or raw_user is not None or raw_source is not None:
                tty, raw_tty = received(finding.tty)
                session_id = finding.session_id.decode("ascii", "replace")
                event = replace(event, tty=tty, session_id=session_id, raw=raw_text(raw_user, raw_tty, raw_source))
            found.append(event)

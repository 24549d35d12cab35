"""Lines of logs into events: logins, logouts, failed logins, and the machine's own coming and going.

Each of these is told by several lines, of several programs; each becomes one event.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from whotop.model import Event, EventKind, Origin, Standing
from whotop.parse import console_log, dropbear_log, logind_log, pam_log, sshd_log
from whotop.parse.log_line import LONGEST_BYTES, LogLine
from whotop.parse.login_attempts import LoginAttempts
from whotop.parse.login_connections import LoginConnections
from whotop.parse.login_finding import Finding
from whotop.parse.login_sign import Sign, SignKind
from whotop.parse.received import raw_text, received
from whotop.parse.utmp import Ordinals

_LATEST_US = 2**53


def sign_of(line: LogLine) -> Sign | None:
    """What one line says by itself."""
    message, program = line.message[:LONGEST_BYTES], line.program
    if message.startswith(b"pam_"):
        return pam_log.sign(message)
    if program in sshd_log.PROGRAMS:
        return sshd_log.sign(message)
    if program == b"systemd-logind":
        return logind_log.sign(message)
    if program == b"login":
        return console_log.sign(message)
    return dropbear_log.sign(message) if program == b"dropbear" else None


class LoginLog:
    """Reads one machine's log, line after line; what it has to remember between lines is bounded."""

    def __init__(self, machine: str, origin: Origin) -> None:
        self._machine, self._origin = machine, origin
        self._ordinals = Ordinals()
        self._attempts = LoginAttempts()
        self._connections = LoginConnections()
        self._boot_id = ""
        self._latest: LogLine | None = None
        self._goes_down: LogLine | None = None

    @property
    def unsettled_since_us(self) -> int | None:
        """From when on lines must be read again, after a restart, to understand those that follow; None: none."""
        return self._attempts.unsettled_since_us

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
        for line in lines:
            if not 0 < line.time_us <= _LATEST_US:
                continue
            findings = [*self._of_boot(line), *self._attempts.overdue(line.time_us), *self._of(line)]
            self._latest = line
            for finding in findings:
                found += self._events(finding, standing, seen_us, skew_us, boot_id)
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
        findings = list(self._attempts.overdue(now_us))
        return [event for one in findings for event in self._events(one, standing, seen_us, skew_us, boot_id)]

    def finish(
        self,
        *,
        standing: Standing = Standing.LIVE,
        seen_us: int = 0,
        skew_us: int = 0,
        boot_id: str = "",
    ) -> list[Event]:
        """Give what the last lines leave open, at the end of a file."""
        findings = list(self._attempts.finish())
        return [event for one in findings for event in self._events(one, standing, seen_us, skew_us, boot_id)]

    def _of(self, line: LogLine) -> Iterator[Finding]:
        sign = sign_of(line)
        if sign is None:
            return
        attempts, connections = self._attempts, self._connections
        match sign.kind:
            case SignKind.FAILED:
                yield from attempts.failed(line, sign)
            case SignKind.PAM_FAILURE:
                yield from attempts.pam_failure(line, sign)
            case SignKind.REFUSED:
                yield from attempts.refused(line, sign)
            case SignKind.PAM_ERROR:
                yield from attempts.pam_error(line, sign)
            case SignKind.CONNECTED | SignKind.KEY_FAILED:
                attempts.noted(line, sign)
            case SignKind.TOO_MANY:
                yield from attempts.too_many(line, sign)
            case SignKind.LEFT:
                ended = connections if connections.has(line, sign) else attempts
                yield from ended.left(line, sign)
            case SignKind.ACCEPTED:
                attempts.succeeded(line, sign)
                yield from connections.accepted(line, sign)
            case SignKind.OPENED:
                if pam_log.is_login(sign.service):
                    attempts.succeeded(line, sign)
                yield from connections.opened(line, sign)
            case SignKind.CLOSED:
                yield from connections.closed(line, sign)
            case SignKind.ON_TERMINAL:
                yield from connections.on_terminal(line, sign)
            case SignKind.SESSION_NEW:
                yield from connections.session_new(line, sign)
            case SignKind.SESSION_REMOVED:
                yield from connections.session_removed(line, sign)
            case SignKind.GOES_DOWN:
                self._goes_down = line
            case SignKind.STARTED:
                yield from self._of_start(line)

    def _of_boot(self, line: LogLine) -> Iterator[Finding]:
        """A new boot id in the journal: the machine has booted between this line and the one before."""
        if not line.boot_id or line.boot_id == self._boot_id:
            return
        if self._boot_id:
            yield from self._of_shutdown()
            yield Finding(EventKind.BOOT, line)
        self._boot_id, self._goes_down = line.boot_id, None

    def _of_start(self, line: LogLine) -> Iterator[Finding]:
        """A start of logind: with the machine if it was told to go down before, else was only restarted."""
        if self._goes_down is not None and not line.boot_id:
            yield from self._of_shutdown()
            yield Finding(EventKind.BOOT, line)
            self._goes_down = None

    def _of_shutdown(self) -> Iterator[Finding]:
        """The shutdown is dated by the last line before it: sessions that end in its course end by themselves."""
        if self._goes_down is not None and self._latest is not None:
            yield Finding(EventKind.SHUTDOWN, self._latest)

    def _events(
        self, finding: Finding, standing: Standing, seen_us: int, skew_us: int, boot_id: str
    ) -> Iterator[Event]:
        line = finding.line
        user, raw_user = received(finding.user)
        tty, raw_tty = received(finding.tty)
        source, raw_source = received(finding.source)
        # A text log tells one connection from another by the process alone.
        record_id = line.record_id or (str(line.pid) if line.pid else "")
        for _ in range(finding.count):
            yield Event(
                machine=self._machine,
                kind=finding.kind,
                time_us=line.time_us,
                user=user,
                tty=tty,
                source=source,
                origin=self._origin,
                session_id=finding.session_id.decode("ascii", "replace"),
                leader_pid=finding.leader_pid,
                boot_id=line.boot_id or boot_id,
                record_id=record_id,
                ordinal=self._ordinals.next(line.time_us, (finding.kind, user, tty, source, record_id)),
                service=received(finding.service)[0],
                detail=received(finding.detail)[0],
                raw=raw_text(raw_user, raw_tty, raw_source),
                standing=standing,
                seen_us=seen_us,
                skew_us=skew_us,
            )

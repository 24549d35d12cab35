"""Connections that have not logged in, and how many of their attempts failed.

sshd, the PAM modules and the end of a connection tell of the same failure in up to four lines. What
sshd itself says of a typed password counts, each time. Where it says nothing of the kind, a
connection counts once if it could not succeed (an unknown user, a user who may not log in) or ended
before somebody whom sshd calls "authenticating" had proved anything, or as often as PAM refused. A
key that is not taken does not count by itself: an agent offers whatever it holds. The rules are those
of fail2ban's filter.d/sshd.conf in its normal mode, and for whoever gives up those of CrowdSec's
sshd-logs: a server that takes keys alone tells of an attack by nothing else.
"""

from __future__ import annotations

from whotop.clock import SECOND_US
from whotop.parse.log_line import LogLine
from whotop.parse.login_finding import NOTHING, Finding, Findings, failure_of
from whotop.parse.login_sign import FAILED, REFUSED, Sign
from whotop.parse.pam_refusals import MOST_SUMMED, NEVER_US, PAM_US, PamRefusals

LONGEST_US = 180 * SECOND_US
"""sshd's LoginGraceTime is 120 s."""
AFTERMATH_US = 2 * SECOND_US
"""The end of a connection is told in several lines, so long after one another."""
KEPT = 1024


class _Attempt:
    """One connection, by its process."""

    __slots__ = (
        "counted",
        "detail",
        "far_end",
        "is_over",
        "over_us",
        "pam_errors",
        "pid",
        "refused",
        "since_us",
        "source",
        "typed",
        "user",
    )

    def __init__(self, pid: int, since_us: int) -> None:
        self.pid, self.since_us = pid, since_us
        self.user = self.source = self.detail = b""
        self.far_end: tuple[bytes, bytes] | None = None
        """Address and port, as the line has them that first named both: what it is found by."""
        self.refused: LogLine | None = None
        """The line from which it is known that it cannot succeed."""
        self.counted = self.typed = self.pam_errors = self.over_us = 0
        self.is_over = False


class LoginAttempts:
    """All of one machine's. Every method gives the failures that its line settles."""

    def __init__(self) -> None:
        self._attempts: dict[int, _Attempt] = {}
        """In the order of their beginnings."""
        self._ports: dict[tuple[bytes, bytes], _Attempt] = {}
        self._pam = PamRefusals()
        self.due_us = NEVER_US
        """Nothing is overdue before."""

    def unsettled_since_us(self, now_us: int) -> int | None:
        """The time of the earliest line whose meaning still depends on later ones; None: there is none."""
        times = [
            attempt.since_us
            for attempt in self._attempts.values()
            if not attempt.is_over or attempt.over_us > now_us - AFTERMATH_US
        ]
        return min([*times, *self._pam.times_us()], default=None)

    def noted(self, line: LogLine, sign: Sign) -> Findings:
        """Somebody connected, or offered a key that was not taken: no failure yet."""
        found: list[Finding] = []
        if line.pid:
            self._attempt(line, sign, found)
        return found

    def failed(self, line: LogLine, sign: Sign) -> Findings:
        """A password was wrong."""
        found: list[Finding] = []
        count = line.repeats
        if line.pid:
            attempt = self._attempt(line, sign, found)
            if sign.detail.startswith(b"keyboard"):
                attempt.typed += count
                count = min(count, max(attempt.typed - attempt.pam_errors, 0))
            attempt.counted += count
        self._pam.explain(line.pid or line.program, sign)
        if count:
            found.append(failure_of(line, sign, count))
        return found

    def pam_error(self, line: LogLine, sign: Sign) -> Findings:
        """The same, in sshd's words about PAM."""
        found: list[Finding] = []
        if line.pid:
            attempt = self._attempt(line, sign, found)
            attempt.pam_errors += line.repeats
            attempt.counted += line.repeats
        self._pam.explain(line.pid or line.program, sign)
        found.append(failure_of(line, sign, line.repeats))
        return found

    def pam_failure(self, line: LogLine, sign: Sign) -> Findings:
        """A module refused: that waits for the program's own word."""
        found = self._pam.add(line.pid or line.program, line, sign)
        self.due_us = min(self.due_us, line.time_us + PAM_US)
        return found

    def summed(self, line: LogLine, sign: Sign) -> Findings:
        """PAM counts at the end: more than sshd has told of one by one if its log is too quiet for that."""
        attempt = self._known(line, sign)
        if attempt is None or not attempt.counted:
            self._pam.sum_up(line.pid or line.program, sign.count + 1)
            return NOTHING
        missing = sign.count + 1 - attempt.counted
        if missing <= 0:
            return NOTHING
        attempt.counted += missing
        whole = Sign(FAILED, attempt.user or sign.user, attempt.source or sign.source, detail=sign.detail)
        return [failure_of(line, whole, min(missing, MOST_SUMMED))]

    def refused(self, line: LogLine, sign: Sign) -> Findings:
        """It cannot succeed; whether a password is tried for all that, later lines tell."""
        if not line.pid:
            return [failure_of(line, sign, line.repeats)]
        found: list[Finding] = []
        self._refused(line, sign, found)
        return found

    def too_many(self, line: LogLine, sign: Sign) -> Findings:
        """The last attempt: if nothing else counted, this does."""
        known = self._known(line, sign)
        if known is not None and known.is_over:
            return NOTHING
        if not line.pid:
            return [failure_of(line, sign, line.repeats)]
        found: list[Finding] = []
        attempt = self._refused(line, sign, found)
        if attempt.source:
            self._settle(attempt, line.time_us, found)
        return found

    def left(self, line: LogLine, sign: Sign) -> Findings:
        """The connection ended."""
        attempt = self._known(line, sign)
        if not line.pid or (attempt is not None and attempt.is_over):
            return NOTHING
        found: list[Finding] = []
        if sign.detail:
            attempt = self._refused(line, sign, found)
        if attempt is None:
            unexplained = self._pam.take(line.pid)
            return NOTHING if unexplained is None else [unexplained]
        attempt.source = attempt.source or sign.source
        attempt.user = attempt.user or sign.user
        self._settle(attempt, line.time_us, found)
        return found

    def succeeded(self, line: LogLine, sign: Sign) -> None:
        """Somebody logged in: what modules said against it is void."""
        attempt = self._known(line, sign)
        if attempt is not None:
            self._drop(attempt)
        self._pam.explain(line.pid or line.program, sign)

    def overdue(self, now_us: int) -> Findings:
        """The failures of which nothing more will be heard."""
        found = self._pam.overdue(now_us)
        while self._attempts:
            attempt = next(iter(self._attempts.values()))
            if attempt.since_us > now_us - LONGEST_US and len(self._attempts) <= KEPT:
                break
            self._settle(attempt, now_us, found)
            self._drop(attempt)
        self.due_us = self._next_due_us()
        return found

    def finish(self) -> Findings:
        """All that is left, where nothing more comes."""
        found: list[Finding] = []
        for attempt in self._attempts.values():
            self._settle(attempt, attempt.since_us, found)
        self._attempts.clear()
        self._ports.clear()
        return found + self._pam.finish()

    def _next_due_us(self) -> int:
        oldest = next(iter(self._attempts.values()), None)
        return min(self._pam.due_us, NEVER_US if oldest is None else oldest.since_us + LONGEST_US)

    def _known(self, line: LogLine, sign: Sign) -> _Attempt | None:
        """The connection of a line, by its far end where the line names that, else by its process.

        OpenSSH 10 works on one connection in two processes, and process numbers are used again.
        """
        if sign.port:
            attempt = self._ports.get((sign.source, sign.port))
            if attempt is not None:
                return attempt
        attempt = self._attempts.get(line.pid)
        return None if attempt is None or (sign.port and attempt.far_end) else attempt

    def _attempt(self, line: LogLine, sign: Sign, found: list[Finding]) -> _Attempt:
        """The same, with what the line knows of it; a new one if there is none, or only one that is over.

        A new one settles the connection that had its process's number before.
        """
        attempt, before = self._known(line, sign), self._attempts.get(line.pid)
        if attempt is None or attempt.is_over or (attempt is before and _begins_anew(attempt, sign)):
            if before is not None:
                self._settle(before, line.time_us, found)
                self._drop(before)
            attempt = self._begun(line)
        attempt.user = attempt.user or sign.user
        attempt.source = attempt.source or sign.source
        if sign.port and attempt.far_end is None:
            attempt.far_end = (sign.source, sign.port)
            self._ports[attempt.far_end] = attempt
        return attempt

    def _refused(self, line: LogLine, sign: Sign, found: list[Finding]) -> _Attempt:
        """The same, and that it cannot succeed."""
        attempt = self._attempt(line, sign, found)
        if attempt.refused is None:
            attempt.refused, attempt.detail = line, sign.detail
        return attempt

    def _begun(self, line: LogLine) -> _Attempt:
        attempt = self._attempts[line.pid] = _Attempt(line.pid, line.time_us)
        self.due_us = min(self.due_us, line.time_us + LONGEST_US if len(self._attempts) <= KEPT else 0)
        return attempt

    def _drop(self, attempt: _Attempt) -> None:
        del self._attempts[attempt.pid]
        if attempt.far_end is not None and self._ports.get(attempt.far_end) is attempt:
            del self._ports[attempt.far_end]

    def _settle(self, attempt: _Attempt, now_us: int, found: list[Finding]) -> None:
        """Nothing more is heard of a connection: what it failed at is found."""
        if attempt.is_over:
            return
        attempt.is_over, attempt.over_us = True, now_us
        unexplained = self._pam.take(attempt.pid)
        if attempt.refused is not None and not attempt.counted:
            sign = Sign(REFUSED, attempt.user, attempt.source, detail=attempt.detail)
            self._pam.explain(attempt.pid, sign)
            attempt.counted = 1 if unexplained is None else unexplained.count
            found.append(failure_of(attempt.refused, sign, attempt.counted))
        elif unexplained is not None:
            attempt.counted += unexplained.count
            found.append(unexplained)


def _begins_anew(before: _Attempt, sign: Sign) -> bool:
    """Whether a connection cannot say this once more: sshd looks a user up once, with its first request."""
    if sign.kind is not REFUSED or before.refused is None:
        return False
    is_told_again = sign.detail == before.detail == b"invalid user"
    return is_told_again and (not sign.port or sign.source != before.source)

"""A finding: what the signs of one connection come to."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from whotop.model import EventKind
from whotop.parse.log_line import LogLine
from whotop.parse.login_sign import PAM_FAILURE, Sign

_FAILED_LOGIN = EventKind.FAILED_LOGIN


class Finding(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What will be an event."""

    kind: EventKind
    line: LogLine
    """The line that dates it."""
    user: bytes = b""
    source: bytes = b""
    tty: bytes = b""
    leader_pid: int = 0
    session_id: bytes = b""
    service: bytes = b""
    detail: bytes = b""
    count: int = 1
    """So many alike at once: lines that syslogd folded."""
    begun_us: int = 0
    """Of a logout: when its login was, where lines name nothing else by which to know it."""


Findings = Sequence[Finding]
NOTHING: Findings = ()
"""What most lines come to."""


def service_of(line: LogLine) -> bytes:
    """The service that a program gives; OpenSSH has had several since 9.8."""
    return b"sshd" if line.program.startswith(b"sshd-") else line.program


def failure_of(line: LogLine, sign: Sign, count: int) -> Finding:
    """So many failed logins at once, as a line's sign tells of them."""
    return Finding(
        _FAILED_LOGIN,
        line,
        sign.user,
        sign.source,
        sign.tty,
        service=sign.service or service_of(line),
        detail=b"pam_" + sign.detail if sign.kind is PAM_FAILURE else sign.detail,
        count=count,
    )

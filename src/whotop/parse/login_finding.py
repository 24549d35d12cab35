"""A finding: what the signs of one connection come to."""

from __future__ import annotations

import msgspec

from whotop.model import EventKind
from whotop.parse.log_line import LogLine


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


def service_of(line: LogLine) -> bytes:
    """The service that a program gives; OpenSSH has had several since 9.8."""
    return b"sshd" if line.program.startswith(b"sshd-") else line.program

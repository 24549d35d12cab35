"""A line of a log, whatever kept it: a text file of syslog, or the journal."""

from __future__ import annotations

import msgspec

LONGEST_BYTES = 8192
"""Of a line that is looked at: sshd's are below 1 KB (log.c, MSGBUFSIZ), syslog's below 8 KB."""

TELLING = (b"sshd", b"login", b"pam_", b"dropbear")
"""A line without any of these in its program or message tells of no login."""

TELLING_PROGRAMS = frozenset({b"sshd", b"sshd-session", b"sshd-auth", b"systemd-logind", b"login", b"dropbear"})
"""Of the others, only what PAM's modules write in their names."""


class LogLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One line, as bytes: whoever tries to log in chooses part of it."""

    time_us: int
    """The machine's own time."""
    program: bytes
    """``sshd``, ``sshd-session``, ``login``…"""
    message: bytes
    pid: int = 0
    """0 unknown."""
    host: bytes = b""
    repeats: int = 1
    """How many equal messages syslogd has folded into this line."""
    record_id: str = ""
    """The line's own name in the journal."""
    boot_id: str = ""
    session_id: bytes = b""
    """Of logind's own entries in the journal."""
    leader_pid: int = 0
    user: bytes = b""


def tells(line: bytes) -> bool:
    """Whether a line may tell of a login: cheap, and asked of all lines of a file."""
    return any(word in line for word in TELLING)

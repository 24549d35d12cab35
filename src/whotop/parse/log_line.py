"""A line of a log, whatever kept it: a text file of syslog, or the journal."""

from __future__ import annotations

import re

import msgspec

LONGEST_BYTES = 8192
"""Of a line that is looked at: sshd's are below 1 KB (log.c, MSGBUFSIZ), syslog's below 8 KB."""

LOGIND = b"systemd-logind"
_PROGRAMS = frozenset({b"sshd", b"sshd-session", b"sshd-auth", LOGIND, b"login", b"dropbear"})
"""Of other programs' lines only those tell anything that PAM's modules write in their names."""
_PASSED_OVER = re.compile(
    rb"pam_\w+\((?:(?:crond?|systemd-user):"  # nobody logs in by these
    rb"|(?:sudo|su|su-l):session\): session closed "  # that it was opened explains a session of logind's
    rb"|[^()]{1,64}:auth\): check pass; user unknown)"  # "authentication failure" follows
)


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


def may_tell(line: bytes) -> bool:
    """Whether a line, as it stands in its file, may tell of a login: cheap, and asked of all lines."""
    return b"sshd" in line or b"pam_" in line or b"login" in line or b"dropbear" in line


def tells(program: bytes, message: bytes) -> bool:
    """Whether a line of that program may tell of a login."""
    if message[:4] == b"pam_":
        return not _PASSED_OVER.match(message)
    return program in _PROGRAMS

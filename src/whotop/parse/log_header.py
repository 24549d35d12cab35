"""What stands between the stamp of a log's line and its message: host, program and process, in every form.

The forms are those of rsyslog (RSYSLOG_TraditionalFileFormat, RSYSLOG_FileFormat,
RSYSLOG_SyslogProtocol23Format), syslog-ng, BSD's, AIX's and busybox's syslogd, OpenWrt's logread,
metalog, ``journalctl`` and macOS's ``log show`` (default, compact and syslog).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from whotop.parse.log_line import LogLine

_HEADER = re.compile(
    rb"(?:<[a-z0-9]+\.[a-z]+> )?"  # FreeBSD's syslogd -v
    rb"(?:([^\s\[\]]*[^\s\[\]:]) )?"
    rb"(?:[a-z0-9]+\.[a-z]+ |[a-z|]+:[a-z]+ )?"  # busybox names facility and level, and so does AIX
    rb"(?:Message forwarded from ([^\s:]+): )?"  # AIX, whose own name stands before
    rb"(?:([^\s\[\]:()]+)\]?(\(pam_\w+\))?(?:\[(\d{1,10})\])?:|\[([\w-]+)\]:?) *(.*)",  # metalog brackets the program
    re.DOTALL,
)
_LONGEST_HEADER_BYTES = 256
_RFC_5424 = re.compile(
    rb"(\S+) (\S+) (\d{1,10}|-) \S+ (?:-|(?:\[(?:[^\]\\\"]|\\.|\"(?:[^\"\\]|\\.)*\")*\])+) ?(?:\xef\xbb\xbf)?(.*)",
    re.DOTALL,
)
_MACOS_MESSAGE = rb"(?:\([\w.+-]+\) )?(?:\[[\w.:-]+\] )?(?P<message>.*)"
_MACOS = re.compile(
    rb"0x[0-9a-f]+ +[A-Z][a-z]+ +0x[0-9a-f]+ +(?P<pid>\d{1,10}) +\d+ +(?P<program>[^\s:]+): " + _MACOS_MESSAGE,
    re.DOTALL,
)
_MACOS_COMPACT = re.compile(
    rb"[A-Z][a-z]? +(?P<program>[^\s\[\]]+)\[(?P<pid>\d{1,10}):[0-9a-f]+\] " + _MACOS_MESSAGE, re.DOTALL
)


class _Header(NamedTuple):
    """What stands between stamp and message."""

    host: bytes
    program: bytes
    pid: int
    is_of_old_pam: bool


def line_of(time_us: int, text: bytes) -> LogLine | None:
    """The line of that time whose ``text`` is what follows its stamp; None where it has no program."""
    end = text.find(b": ") + 1
    header = _header(text[:end]) if 0 < end <= _LONGEST_HEADER_BYTES else None
    if header is not None:
        return _with_header(time_us, header, text[end:].lstrip(b" "))
    found = _HEADER.match(text)
    if found is not None:
        return _with_header(time_us, _header_of(found), found[7])
    found = _RFC_5424.match(text)
    if found is None:
        return _of_macos(time_us, text)
    host, program, pid, message = found.groups()
    return LogLine(
        time_us=time_us,
        program=program.rpartition(b"/")[2],
        message=message,
        pid=0 if pid == b"-" else _pid(pid),
        host=host,
    )


@lru_cache(maxsize=4096)
def _header(beginning: bytes) -> _Header | None:
    """What a line's beginning up to its first colon and space says, if the message begins there.

    All lines of one process begin alike: remembered, a header takes a tenth of the time.
    """
    found = _HEADER.match(beginning)
    return None if found is None or found[7] else _header_of(found)


def _header_of(found: re.Match[bytes]) -> _Header:
    host, forwarded, program, pam, pid, bracketed, _ = found.groups()
    program = (program or bracketed).rpartition(b"/")[2]
    return _Header(forwarded or host or b"", program, _pid(pid), pam is not None)


def _with_header(time_us: int, header: _Header, message: bytes) -> LogLine:
    host, program, pid, is_of_old_pam = header
    if is_of_old_pam or message.startswith(b"(pam_unix) "):
        message = _as_pam_writes_now(program, message.removeprefix(b"(pam_unix) "))
    return LogLine(time_us=time_us, program=program, message=message, pid=pid, host=host)


def _of_macos(time_us: int, text: bytes) -> LogLine | None:
    found = _MACOS.match(text) or _MACOS_COMPACT.match(text)
    if found is None:
        return None
    return LogLine(time_us=time_us, program=found["program"], message=found["message"], pid=_pid(found["pid"]))


def _as_pam_writes_now(program: bytes, message: bytes) -> bytes:
    """Before 2005 PAM's modules did not name the service, and stood beside the program or before the message."""
    return b"pam_unix(%s:%s): %s" % (program, b"session" if message.startswith(b"session ") else b"auth", message)


def _pid(digits: bytes | None) -> int:
    pid = int(digits) if digits else 0
    return pid if pid < 2**31 else 0

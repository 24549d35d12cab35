"""Text logs of syslog daemons (auth.log, secure, messages) into lines.

The forms are those of rsyslog (RSYSLOG_TraditionalFileFormat, RSYSLOG_FileFormat,
RSYSLOG_SyslogProtocol23Format), syslog-ng, BSD's, AIX's and busybox's syslogd, OpenWrt's logread,
metalog, ``journalctl`` and macOS's ``log show`` (default, compact and syslog). Lines that cannot tell
of a login are passed over before anything else is done with them.
"""

from __future__ import annotations

import re
from datetime import UTC, tzinfo
from functools import lru_cache
from typing import NamedTuple

from msgspec.structs import replace

from whotop.parse.log_line import LONGEST_BYTES, TELLING, LogLine
from whotop.parse.log_stamp import Stamps

MOST_REPEATS = 100
"""More folded messages than sshd lets one connection fail are not believed."""

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
_WORDS = (*TELLING, b"repeated")
_FOLDED = re.compile(rb"message repeated (\d{1,9}) times: \[ ?(.*)\]$", re.DOTALL)
_LAST_REPEATED = re.compile(rb"(?:\S+ )?(?:[a-z0-9]+\.[a-z]+ )?(?:\S+: )?last message repeated (\d{1,9}) times?$")


class AuthLog:
    """Reads one file, in pieces cut anywhere.

    ``zone`` is the machine's. Where ``host`` is given, lines of other hosts are left out: a log
    server keeps what others send beside its own.
    """

    __slots__ = ("_host", "_previous", "_rest", "_skips", "_stamps")

    def __init__(self, zone: tzinfo = UTC, host: bytes = b"") -> None:
        self._stamps = Stamps(zone)
        self._host = _first_label(host)
        self._rest = b""
        self._skips = False
        self._previous: LogLine | None = None

    def lines(self, piece: bytes, now_us: int) -> list[LogLine]:
        """Give the telling lines that end in this piece; ``now_us`` is the machine's time, or the file's."""
        self._stamps.expect(now_us)
        data = self._rest + piece if self._rest else piece
        end = data.rfind(b"\n") + 1
        self._rest = data[end:]
        whole = data[:end]
        if self._skips and end:
            whole = whole[whole.find(b"\n") + 1 :]
            self._skips = False
        if len(self._rest) > LONGEST_BYTES:
            self._rest, self._skips = b"", True
        return self._telling(whole) if whole else []

    def finish(self) -> list[LogLine]:
        """Give what a last line without an end tells."""
        rest, self._rest = self._rest, b""
        return self._telling(rest) if rest and not self._skips else []

    def _telling(self, data: bytes) -> list[LogLine]:
        found: list[LogLine] = []
        previous_end = -1
        for start, end in sorted(_spans(data).items()):
            line = data[start:end]
            if start != previous_end + 1 and start:
                self._previous = None
            told = self._read(line)
            if told is None and b"repeated" in line:
                told = self._repeated(line)
            self._previous = told
            previous_end = end
            if told is not None:
                found.append(told)
        if previous_end < len(data) - 1:
            self._previous = None
        return found

    def _read(self, line: bytes) -> LogLine | None:
        if len(line) > LONGEST_BYTES:
            return None
        if b"\0" in line:  # what a crash leaves in a file of ext4 or XFS
            line = line.replace(b"\0", b"")
        stamp = self._stamps.read(line)
        if stamp is None:
            return None
        time_us, start = stamp
        told = _line(time_us, line[start:].rstrip())
        if told is None or (self._host and not self._is_ours(told.host)):
            return None
        folded = _FOLDED.match(told.message) if told.message.startswith(b"message repeated") else None
        if folded is None:
            return told
        return replace(told, message=folded[2].rstrip(), repeats=_repeats(folded[1]))

    def _repeated(self, line: bytes) -> LogLine | None:
        """The line before once more, as syslogd folds equal ones."""
        stamp = self._stamps.read(line)
        if stamp is None or self._previous is None:
            return None
        found = _LAST_REPEATED.match(line[stamp[1] :].rstrip())
        return None if found is None else replace(self._previous, time_us=stamp[0], repeats=_repeats(found[1]))

    def _is_ours(self, host: bytes) -> bool:
        return not host or _first_label(host) in (self._host, b"localhost")


def _spans(data: bytes) -> dict[int, int]:
    """Where lines that may tell something begin and end.

    Most lines are none of ours. To search for words in the whole piece costs a third of looking at
    every line; cron's lines, the most frequent by far, are passed over here.
    """
    spans: dict[int, int] = {}
    for word in _WORDS:
        place = data.find(word)
        while place >= 0:
            end = data.find(b"\n", place)
            end = len(data) if end < 0 else end
            if word != b"pam_" or data.find(b"cron", place, end) < 0:
                spans[data.rfind(b"\n", 0, place) + 1] = end
            place = data.find(word, end)
    return spans


class _Header(NamedTuple):
    """What stands between stamp and message."""

    host: bytes
    program: bytes
    pid: int
    is_of_old_pam: bool


def _line(time_us: int, text: bytes) -> LogLine | None:
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


def _repeats(digits: bytes) -> int:
    return max(1, min(int(digits), MOST_REPEATS))


def _first_label(host: bytes) -> bytes:
    return host.partition(b".")[0].lower()

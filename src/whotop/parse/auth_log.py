"""Text logs of syslog daemons (auth.log, secure, messages) into lines.

Lines that cannot tell of a login are passed over before anything else is done with them.
"""

from __future__ import annotations

import re
from datetime import UTC, tzinfo

from msgspec.structs import replace

from whotop.parse.log_header import line_of
from whotop.parse.log_line import LONGEST_BYTES, LogLine, may_tell, tells
from whotop.parse.log_stamp import Stamps

MOST_REPEATS = 100
"""More folded messages than sshd lets one connection fail are not believed."""

_LINE = re.compile(
    rb"^(?:([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d))"
    rb" (?!\d{4} )([A-Za-z\d][\w.-]{0,63}) ([\w-]{1,64})(?:\[(\d{1,9})\])?:"
    rb" +(?!(?:last )?message repeated)([^\s(].{0,8000})|(.*))$",
    re.MULTILINE,
)
"""A line in its parts as rsyslog writes nearly all, or else as it is.

To take a whole piece apart at once costs a third of looking at each line.
"""
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
        if b"\0" in piece:  # what a crash leaves in a file of ext4 or XFS
            piece = piece.replace(b"\0", b"")
        data = self._rest + piece if self._rest else piece
        end = data.rfind(b"\n")
        self._rest = data[end + 1 :]
        whole = data[: max(end, 0)]
        if self._skips and end >= 0:
            whole = whole.partition(b"\n")[2]
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
        told, stamp_read, moment = self._previous, b"", None
        for stamp, host, program, pid, message, line in _LINE.findall(data):
            before, told = told, None
            if not stamp:
                if may_tell(line) or b"repeated" in line:
                    told = self._read(line) or self._repeated(line, before)
            elif tells(program, message):
                if stamp != stamp_read:
                    stamp_read, moment = stamp, self._stamps.read(stamp + b" ")
                if moment is not None and (not self._host or self._is_ours(host)):
                    told = LogLine(
                        time_us=moment[0], program=program, message=message.rstrip(), pid=int(pid or 0), host=host
                    )
            if told is not None:
                found.append(told)
        self._previous = told
        return found

    def _read(self, line: bytes) -> LogLine | None:
        if len(line) > LONGEST_BYTES:
            return None
        stamp = self._stamps.read(line)
        if stamp is None:
            return None
        time_us, start = stamp
        told = line_of(time_us, line[start:].rstrip())
        if told is None or (self._host and not self._is_ours(told.host)):
            return None
        folded = _FOLDED.match(told.message) if told.message.startswith(b"message repeated") else None
        if folded is None:
            return told
        return replace(told, message=folded[2].rstrip(), repeats=_repeats(folded[1]))

    def _repeated(self, line: bytes, before: LogLine | None) -> LogLine | None:
        """The line before once more, as syslogd folds equal ones."""
        stamp = self._stamps.read(line)
        if stamp is None or before is None:
            return None
        found = _LAST_REPEATED.match(line[stamp[1] :].rstrip())
        return None if found is None else replace(before, time_us=stamp[0], repeats=_repeats(found[1]))

    def _is_ours(self, host: bytes) -> bool:
        return not host or _first_label(host) in (self._host, b"localhost")


def _repeats(digits: bytes) -> int:
    return max(1, min(int(digits), MOST_REPEATS))


def _first_label(host: bytes) -> bytes:
    return host.partition(b".")[0].lower()

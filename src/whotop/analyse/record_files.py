"""Files of login records, whatever kept them: which kind each is, and the events that it tells.

Rotated copies may be compressed. Text logs and journals are read in pieces: they may be large.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import platform
import re
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from datetime import tzinfo
from itertools import chain, groupby
from operator import attrgetter
from pathlib import Path
from typing import IO, Any

from whotop.errors import InputError
from whotop.model import Event, Origin, Standing
from whotop.parse import journal, last_text, loginctl_text, utmp, utx, who_text
from whotop.parse.auth_log import AuthLog
from whotop.parse.event_table import parse_event_table
from whotop.parse.journal_export import JournalExport
from whotop.parse.log_line import LogLine
from whotop.parse.login_log import LoginLog
from whotop.parse.record_kind import LOOKED_AT_BYTES, RecordKind, kind_of
from whotop.text import safe

STANDARD_INPUT = "-"
PIECE_BYTES = 1024 * 1024
WHOLE_BYTES = 1024 * 1024 * 1024
"""Longest file, uncompressed, of a kind that is not read in pieces."""
MOST_MACHINES = 1000
"""That one log tells of: a log server's."""

_SYSTEM_FOLDERS = frozenset({"/var/log", "/run", "/var/run", "/var/lib/wtmpdb", "/var/log/journal"})
_ENDING = re.compile(
    r"(?:\.(?:gz|xz|bz2|\d{1,3}|log|jsonl?|export|txt|out|csv|db|evtx|xml)|-\d{8}(?:T\d+)?)+$", re.IGNORECASE
)
_KIND_WORDS = re.compile(
    r"(?:^|[._-])(?:wtmpx?|btmp|utmpx?|utx|lastb?|lastlog|auth|secure|messages|syslog|sshd?|journal|loginctl|who"
    r"|events?|security|active|log|export|wtmpdb)(?=[._-]|$)",
    re.IGNORECASE,
)


class RecordFile:
    """One file: ``name`` is for people, ``now_us`` when it was last written to."""

    def __init__(self, path: str, zone: tzinfo, now_us: int) -> None:
        self.path, self.zone, self.now_us = path, zone, now_us
        self.name = "standard input" if path == STANDARD_INPUT else path
        self.machine = machine_named(path)

    def events(self) -> list[Event]:
        """Read it. Raises InputError, with its name, if it cannot be read."""
        try:
            with ExitStack() as stack:
                file = self._opened(stack)
                beginning = file.read(LOOKED_AT_BYTES)
                kind = kind_of(beginning, Path(self.path).name)
                return self._read(kind, chain([beginning], iter(lambda: file.read(PIECE_BYTES), b"")))
        except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
            raise InputError(getattr(error, "strerror", None) or str(error), file=self.name) from error

    def _opened(self, stack: ExitStack) -> IO[bytes]:
        if self.path == STANDARD_INPUT:
            return sys.stdin.buffer
        path = Path(self.path)
        plain = stack.enter_context(path.open("rb"))
        self.now_us = min(self.now_us, path.stat().st_mtime_ns // 1000)
        opener = _opener(plain.read(6))
        plain.seek(0)
        return plain if opener is None else stack.enter_context(opener(plain))

    def _read(self, kind: RecordKind, pieces: Iterator[bytes]) -> list[Event]:
        match kind:
            case RecordKind.LOG:
                return self._of_lines(self._log_lines(pieces), Origin.AUTH_LOG)
            case RecordKind.JOURNAL:
                return self._of_lines(_journal_lines(pieces), Origin.JOURNAL)
            case RecordKind.JOURNAL_EXPORT:
                return self._of_lines(_export_lines(pieces), Origin.JOURNAL)
            case RecordKind.WTMPDB | RecordKind.EVTX | RecordKind.WINDOWS_EXPORT:
                return self._of_path(kind)
        return self._of_whole(kind, self._whole(pieces))

    def _of_path(self, kind: RecordKind) -> list[Event]:
        """Of kinds whose readers open the file themselves; loaded only for these (SQLite's takes 6 ms)."""
        if self.path == STANDARD_INPUT:
            raise InputError(f"a {kind} is read from a file, not from standard input", file=self.name)
        if kind is RecordKind.WTMPDB:
            from whotop.analyse.wtmpdb_file import wtmpdb_events

            return wtmpdb_events(Path(self.path), self.machine)
        from whotop.analyse.windows_log import windows_log

        return windows_log(Path(self.path)).events

    def _of_whole(self, kind: RecordKind, data: bytes) -> list[Event]:
        history = Standing.HISTORY
        match kind:
            case RecordKind.WTMP | RecordKind.UTMP:
                return utmp.events(data, self.machine, standing=history)
            case RecordKind.BTMP:
                return utmp.events(data, self.machine, Origin.BTMP, standing=history)
            case RecordKind.UTX_LOG:
                return utx.events(data, self.machine, standing=history)
            case RecordKind.UTX_ACTIVE:
                return utx.live_reports(data, self.machine)
            case RecordKind.LAST:
                return last_text.events(data, self.machine, self.now_us, self.zone)
            case RecordKind.LASTB:
                return last_text.events(data, self.machine, self.now_us, self.zone, origin=Origin.BTMP)
            case RecordKind.WHO:
                return who_text.live_reports(data, self.machine, self.now_us, self.zone)
            case RecordKind.LOGINCTL:
                return loginctl_text.live_reports(data, self.machine, self.now_us, self.zone)
        return parse_event_table(data, file=self.name, zone=self.zone).events

    def _whole(self, pieces: Iterable[bytes]) -> bytes:
        parts: list[bytes] = []
        left = WHOLE_BYTES
        for piece in pieces:
            left -= len(piece)
            if left < 0:
                raise InputError(f"longer than {WHOLE_BYTES // 2**20} MB", file=self.name)
            parts.append(piece)
        return b"".join(parts)

    def _log_lines(self, pieces: Iterable[bytes]) -> Iterator[LogLine]:
        log = AuthLog(self.zone)
        for piece in pieces:
            yield from log.lines(piece, self.now_us)
        yield from log.finish()

    def _of_lines(self, lines: Iterable[LogLine], origin: Origin) -> list[Event]:
        """The events of each machine that the lines name."""
        logs: dict[bytes, LoginLog] = {}
        found: list[Event] = []
        for host, of_host in groupby(lines, key=attrgetter("host")):
            log = logs.get(host)
            if log is None:
                if len(logs) >= MOST_MACHINES:
                    continue
                log = logs[host] = LoginLog(safe(host, 64) or self.machine, origin)
            found += log.events(of_host, standing=Standing.HISTORY)
        for log in logs.values():
            found += log.finish(standing=Standing.HISTORY)
        return found


def machine_named(path: str) -> str:
    """The machine that a file's name tells of: ``web-01.wtmp``, ``web-01/auth.log.1.gz``; a system's own, ours."""
    if path == STANDARD_INPUT:
        return "standard input"
    file = Path(path).absolute()
    if str(file.parent) in _SYSTEM_FOLDERS:
        return platform.node()
    for name in (file.name, file.parent.name):
        left = _KIND_WORDS.sub("", _ENDING.sub("", name)).strip("._-")
        if left:
            return safe(left, 64)
    return safe(file.name, 64)


def _journal_lines(pieces: Iterable[bytes]) -> Iterator[LogLine]:
    rest = b""
    for piece in pieces:
        *entries, rest = (rest + piece).split(b"\n")
        rest = rest[: journal.LONGEST_ENTRY_BYTES + 1]
        yield from journal.lines(entries)
    yield from journal.lines([rest])


def _export_lines(pieces: Iterable[bytes]) -> Iterator[LogLine]:
    log = JournalExport()
    for piece in pieces:
        yield from log.lines(piece)
    yield from log.finish()


def _opener(beginning: bytes) -> Callable[[IO[bytes]], IO[bytes]] | None:
    """What reads a file that is compressed."""
    openers: dict[bytes, Callable[..., Any]] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\0": lzma.open}
    return next((opener for magic, opener in openers.items() if beginning.startswith(magic)), None)

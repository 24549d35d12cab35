"""Files of login records, whatever kept them: which kind each is, and the events that it tells.

Rotated copies may be compressed. All that may be large is read in pieces.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from functools import partial
from itertools import chain
from pathlib import Path

from msgspec.structs import replace

from whotop.analyse.login_logs import LoginLogs
from whotop.analyse.opening import OpenedFile, opened
from whotop.analyse.ownership import STANDARD_INPUT, Ownership
from whotop.analyse.progress import Progress, unseen
from whotop.errors import InputError
from whotop.model import Event, Origin, Standing
from whotop.parse import journal, last_text, loginctl_text, utmp, utmpdump_text, utx, who_text
from whotop.parse.auth_log import AuthLog
from whotop.parse.event_lines import line_events
from whotop.parse.event_row import Other, Refuse, RowReader, TableForm, untold
from whotop.parse.event_table import table_events
from whotop.parse.journal_export import JournalExport
from whotop.parse.json_log import json_log_lines
from whotop.parse.log_line import LogLine
from whotop.parse.log_stamp import last_stamp_us
from whotop.parse.record_kind import LOOKED_AT_BYTES, RecordKind, kind_of, known_unread
from whotop.parse.utmp_foreign import file_layout_of

WHOLE_BYTES = 1024 * 1024 * 1024
"""Longest file, uncompressed, of a kind that is not read in pieces."""
RECORDS_AT_ONCE = 4096

PassOver = Callable[[InputError], None]

LOG_KINDS = frozenset({RecordKind.LOG, RecordKind.JOURNAL, RecordKind.JOURNAL_EXPORT, RecordKind.JSON_LOG})
"""Those whose lines name their machine, and may go on in the next file."""
TABLE_KINDS = frozenset({RecordKind.EVENT_TABLE, RecordKind.EVENT_LINES})
"""Those that number nothing: equal rows are told apart by their order."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are read."""

    zone: tzinfo = UTC
    """Of dates without an offset."""
    now_us: int = 0
    ownership: Ownership = field(default_factory=Ownership)
    form: TableForm | None = None
    """How tables are written, if the user says so; then every text is one."""
    refuse: Refuse | None = None
    """Told of wrong rows; without it they end the reading."""
    other: Other = untold
    """Told of rows that are of no login or logout."""
    pass_over: PassOver | None = None
    """Told of what cannot be read and is left out: a file that was only found in a folder, and, where
    ``refuse`` is not, records of a log that is damaged. Without it they end the reading."""
    progress: Progress = unseen

    def leave_out(self, error: InputError) -> None:
        """Tell of what is passed over, or raise."""
        if self.pass_over is None:
            raise error
        self.pass_over(error)


class RecordFile:
    """One file: ``name`` is for people."""

    def __init__(self, path: str, reading: Reading, logs: LoginLogs | None = None) -> None:
        self.path, self._reading, self._logs = path, reading, logs
        self.name = "standard input" if path == STANDARD_INPUT else path
        self._now_us = reading.now_us
        self._believed_bytes: int | None = None

    def kind(self) -> RecordKind:
        """Of a file, not of standard input. Raises InputError, with its name, if it cannot be read."""
        with opened(self.path, self.name) as file:
            return self._kind(file.beginning(LOOKED_AT_BYTES))

    def events(self) -> Iterator[Event]:
        """Its events in its own order, as they are read. Raises InputError, with its name, if it cannot be read."""
        with opened(self.path, self.name) as file:
            beginning = file.beginning(LOOKED_AT_BYTES)
            self._believed_bytes = file.believed_bytes
            if file.written_us is not None:
                self._now_us = min(self._now_us, file.written_us)
            kind = self._kind(beginning)
            if kind is RecordKind.LOG:
                is_all = len(beginning) < LOOKED_AT_BYTES
                ending = beginning if is_all else file.ending(LOOKED_AT_BYTES)
                ended_us = last_stamp_us(ending, self._now_us, self._reading.zone)
                self._now_us = min(self._now_us, ended_us or self._now_us)
            yield from self._read(kind, chain([beginning], self._watched(file)))

    def _kind(self, beginning: bytes) -> RecordKind:
        if what := known_unread(beginning):
            raise InputError(what, file=self.name)
        if self._reading.form is not None:
            return RecordKind.EVENT_LINES if beginning.lstrip()[:1] == b"{" else RecordKind.EVENT_TABLE
        return kind_of(beginning, Path(self.path).name)

    def _watched(self, file: OpenedFile) -> Iterator[bytes]:
        for piece in file.pieces():
            self._reading.progress(self.name, file.share)
            yield piece

    def _read(self, kind: RecordKind, pieces: Iterator[bytes]) -> Iterator[Event]:
        match kind:
            case RecordKind.LOG:
                return self._of_lines(self._log_lines(pieces), Origin.AUTH_LOG)
            case RecordKind.JOURNAL:
                return self._of_lines(_journal_lines(pieces), Origin.JOURNAL)
            case RecordKind.JOURNAL_EXPORT:
                return self._of_lines(_export_lines(pieces), Origin.JOURNAL)
            case RecordKind.JSON_LOG:
                return self._of_lines(json_log_lines(self._whole(pieces)), Origin.JOURNAL)
            case RecordKind.WTMP | RecordKind.UTMP:
                return self._of_records(pieces, Origin.WTMP)
            case RecordKind.BTMP:
                return self._of_records(pieces, Origin.BTMP)
            case RecordKind.EVENT_TABLE:
                return table_events(pieces, self._rows(), file=self.name, form=self._form)
            case RecordKind.EVENT_LINES:
                return line_events(pieces, self._rows(), form=self._form)
            case RecordKind.WTMPDB | RecordKind.EVTX:
                return iter(self._of_path(kind))
            case RecordKind.WINDOWS_EXPORT:
                return self._of_export(self._whole(pieces))
        return iter(self._of_whole(kind, self._whole(pieces)))

    def _rows(self) -> RowReader:
        return RowReader(self.name, self._reading.zone, self._reading.refuse, self._reading.other)

    @property
    def _form(self) -> TableForm:
        return self._reading.form or TableForm()

    @property
    def _machine(self) -> str:
        return self._reading.ownership.of_file(self.path)

    def _of_path(self, kind: RecordKind) -> list[Event]:
        """Of kinds whose readers open the file themselves; loaded only for these (SQLite's takes 6 ms)."""
        if self.path == STANDARD_INPUT:
            raise InputError(f"a {kind} is read from a file, not from standard input", file=self.name)
        if kind is RecordKind.WTMPDB:
            from whotop.analyse.wtmpdb_file import wtmpdb_events

            return wtmpdb_events(Path(self.path), self._machine)
        from whotop.analyse.windows_log import windows_log

        log = windows_log(Path(self.path))
        self._tell_faults(log.faults)
        return [self._ours(event) for event in log.events]

    def _tell_faults(self, faults: Sequence[str]) -> None:
        """Refuse each; where nothing may be refused, a part of the file is passed over."""
        if self._reading.refuse is not None:
            for fault in faults:
                self._reading.refuse(InputError(fault, file=self.name))
        elif faults:
            more = f" (and {len(faults) - 1:,} more)" if len(faults) > 1 else ""
            self._reading.leave_out(InputError(f"{faults[0]}{more}", file=self.name))

    def _of_export(self, data: bytes) -> Iterator[Event]:
        # defusedxml takes 8 ms, which only these files need.
        from whotop.analyse.windows_log import export_log

        log = export_log(data)
        if not log.records:
            raise InputError("there is no event of Windows in it, nor of anything else that is known", file=self.name)
        return map(self._ours, log.events)

    def _ours(self, event: Event) -> Event:
        """An event that names its machine itself."""
        machine = self._reading.ownership.of_host(self.path, event.machine)
        return event if machine == event.machine else replace(event, machine=machine)

    def _of_whole(self, kind: RecordKind, data: bytes) -> list[Event]:
        machine, zone = self._machine, self._reading.zone
        match kind:
            case RecordKind.UTX_LOG:
                return utx.events(data, machine, standing=Standing.HISTORY)
            case RecordKind.UTX_ACTIVE:
                return utx.live_reports(data, machine)
            case RecordKind.LASTB:
                return last_text.events(data, machine, self._now_us, zone, origin=Origin.BTMP)
            case RecordKind.WHO:
                return who_text.live_reports(data, machine, self._now_us, zone)
            case RecordKind.UTMPDUMP:
                origin = Origin.BTMP if _is_of_failures(data, self.name) else Origin.WTMP
                return utmpdump_text.events(data.split(b"\n"), machine, origin, zone)
            case RecordKind.LOGINCTL:
                return loginctl_text.live_reports(data, machine, self._now_us, zone)
        return last_text.events(data, machine, self._now_us, zone)

    def _whole(self, pieces: Iterable[bytes]) -> bytes:
        parts: list[bytes] = []
        left = WHOLE_BYTES if self._believed_bytes is None else min(self._believed_bytes, WHOLE_BYTES)
        for piece in pieces:
            left -= len(piece)
            if left < 0 and self._believed_bytes is not None:
                raise InputError("it opens to far more than it is: unpack it first", file=self.name)
            if left < 0:
                raise InputError(f"longer than {WHOLE_BYTES // 2**20} MB", file=self.name)
            parts.append(piece)
        return b"".join(parts)

    def _of_records(self, pieces: Iterable[bytes], origin: Origin) -> Iterator[Event]:
        """Of records of fixed size, whose layout shows at the beginning."""
        machine, ordinals, layout, data = self._machine, utmp.Ordinals(), None, b""
        for piece in pieces:
            data += piece
            layout = layout or file_layout_of(data)
            size = layout.record_bytes
            end = len(data) - len(data) % size
            for start in range(0, end, RECORDS_AT_ONCE * size):
                part = data[start : min(start + RECORDS_AT_ONCE * size, end)]
                yield from utmp.events(
                    part, machine, origin, ordinals=ordinals, layout=layout, standing=Standing.HISTORY
                )
            data = data[end:]

    def _log_lines(self, pieces: Iterable[bytes]) -> Iterator[LogLine]:
        log = AuthLog(self._reading.zone)
        for piece in pieces:
            yield from log.lines(piece, self._now_us)
        yield from log.finish()

    def _of_lines(self, lines: Iterable[LogLine], origin: Origin) -> Iterator[Event]:
        """Of lines that name their machine; whoever gave us the logs of earlier files finishes them."""
        logs = LoginLogs() if self._logs is None else self._logs
        machine_of = partial(self._reading.ownership.of_host, self.path)
        yield from logs.events(lines, origin, machine_of, file=self.name)
        if self._logs is None:
            yield from logs.finish()


def _is_of_failures(dump: bytes, name: str) -> bool:
    """Whether what utmpdump has printed was btmp: sshd names no terminal there but this."""
    return "btmp" in name or (b"[ssh:notty" in dump and "wtmp" not in name)


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

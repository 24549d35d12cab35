"""A table of login events: CSV with a header that names ``date``, ``type``, ``machine`` and ``user``.

    date,type,machine,user
    2020-01-21 12:45:56,login,myworkstation.local,jordan

The columns stand in any order; ``tty`` and ``from`` are read too where there are such. Commas,
semicolons, tabs or bars may stand between them. ``event_row`` says what a row may hold.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from functools import partial
from operator import itemgetter

from whotop.errors import InputError
from whotop.model import Event
from whotop.parse.event_row import NEEDED, OPTIONAL, RowReader, TableForm, numbered
from whotop.parse.pieces import PiecesFile

DELIMITERS = ",;\t|"
LONGEST_LINE = 4 * 1024 * 1024
"""In characters: what is longer is no table, and shall not fill our memory."""
_USUAL = TableForm()
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, slots=True)
class EventTable:
    """What a table holds."""

    events: list[Event]
    """In time order; equal times in the order of the table."""
    ignored: int
    """Rows of types other than login and logout."""


def parse_event_table(content: bytes, *, file: str, zone: tzinfo = UTC) -> EventTable:
    """Read a whole table; ``file`` is its name in errors, ``zone`` that of dates without an offset.

    A byte-order mark, any line ending and bytes that are no UTF-8 (U+FFFD) are borne with.
    Raises InputError, with the line, for a missing column, a wrong date, or CSV that is none.
    """
    rows = RowReader(file, zone)
    events = sorted(table_events([content], rows, file=file), key=lambda event: event.time_us)
    return EventTable(list(numbered(events)), rows.ignored)


def table_events(pieces: Iterable[bytes], rows: RowReader, *, file: str, form: TableForm = _USUAL) -> Iterator[Event]:
    """The events of a table in its own order, as it is read. Raises InputError as ``parse_event_table``."""
    table = _Table(pieces, file, form)
    cells_of, width = table.columns()
    blank, event_of = [""] * width, rows.event
    for line, row in table.rows():
        if len(row) != width:
            row = (row + blank)[:width]
        row.append("")  # what a column that is not there reads
        event = event_of(line, cells_of(row))
        if event is not None:
            yield event


class _Table:
    """The rows of a file, with the line on which each begins."""

    def __init__(self, pieces: Iterable[bytes], file: str, form: TableForm) -> None:
        self._file, self._form = file, form
        source = io.BufferedReader(PiecesFile(pieces))
        encoding = form.encoding or _encoding(source.peek(4))
        self._text = io.TextIOWrapper(source, encoding, errors="replace", newline="")
        self._header_line = 1

    def columns(self) -> tuple[Callable[[Sequence[str]], tuple[str, ...]], int]:
        """What picks the columns that we know from a row, in our order, and how many a row has."""
        header = self._header()
        self._delimiter = self._form.delimiter or _delimiter(header)
        names = [name.strip().lower() for name in self._cells(header)]
        wanted = [self._form.name(column).lower() for column in (*NEEDED, *OPTIONAL)]
        missing = [name for name in wanted[: len(NEEDED)] if name not in names]
        if missing:
            first = ",".join(wanted[: len(NEEDED)])
            raise self._wrong(f"no column {', '.join(missing)}: the first line must name {first}", self._header_line)
        return itemgetter(*(names.index(name) if name in names else len(names) for name in wanted)), len(names)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row below the header that is not blank."""
        lines = iter(partial(self._text.readline, LONGEST_LINE), "")
        reader = csv.reader(lines, delimiter=self._delimiter, strict=True, skipinitialspace=True)
        line = first = self._header_line + 1
        try:
            for row in reader:
                if row:
                    yield line, row
                line = first + reader.line_num
        except csv.Error as error:
            raise self._wrong(f"this is no CSV: {error}", line) from None

    def _cells(self, header: str) -> list[str]:
        try:
            return next(csv.reader([header], delimiter=self._delimiter, skipinitialspace=True), [])
        except csv.Error as error:  # a cell of more than 128 KB: a file that has no lines
            raise self._wrong(f"this is no CSV: {error}", self._header_line) from None

    def _header(self) -> str:
        """The first line that is not blank."""
        while line := self._text.readline(LONGEST_LINE):
            if line.strip():
                return line
            self._header_line += 1
        self._header_line = 1
        return ""

    def _wrong(self, what: str, line: int) -> InputError:
        return InputError(what, file=self._file, line=line)


def _delimiter(header: str) -> str:
    """What stands between the names of the first line."""
    return max(DELIMITERS, key=header.count)


def _encoding(beginning: bytes) -> str:
    return next((encoding for mark, encoding in _MARKS if beginning.startswith(mark)), "utf-8")

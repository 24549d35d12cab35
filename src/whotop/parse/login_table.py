"""Any table of logins: CSV with a column for the user and one for the time.

With a header its columns are found by name, with all the names that programs give them; without one
(``user,address,time``, the form of ``whotop windows``) the time is the only cell of the first row
that reads as one, and the user the first of the others. Where there is a type, only logins count.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from functools import partial
from typing import NamedTuple

from whotop.errors import BadRowError, InputError
from whotop.parse.event_row import TableForm
from whotop.parse.login_time import login_time_us
from whotop.parse.pieces import PiecesFile

DELIMITERS = ",;\t|"
LONGEST_LINE = 4 * 1024 * 1024
"""In characters: what is longer is no table, and shall not fill our memory."""
MINUTES_KEPT = 10_000
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_LOGIN = "login"

NAMES = {
    "user": ("user", "username", "user_name", "user name", "login", "account", "name", "userid", "user_id"),
    "date": ("timestamp", "datetime", "time", "date", "created", "when", "login_time", "logged_at", "date_time"),
    "type": ("type", "event", "kind"),
    "machine": ("machine", "host", "hostname"),
    "from": ("from", "source", "ip", "address", "ip address", "ip_address"),
}
"""What columns are called, the surest name first; ours are those of ``--columns``."""


class Columns(NamedTuple):
    """Where what stands in a row; None where there is no such column."""

    user: int
    time: int
    type: int | None = None
    machine: int | None = None
    source: int | None = None


class TableLogin(NamedTuple):
    """One login of a table."""

    time_us: int
    user: str
    machine: str
    source: str


@dataclass(frozen=True, slots=True)
class TableShape:
    """How a table is written, as its first lines show."""

    columns: Columns
    width: int
    """How many cells its first row has."""
    delimiter: str
    header_lines: int
    """The lines before the first login, blank ones included."""
    encoding: str


class LoginTable:
    """Reads one table from its pieces; ``file`` is its name in errors, ``zone`` that of times without an offset."""

    def __init__(self, pieces: Iterable[bytes], *, file: str, zone: tzinfo, form: TableForm | None = None) -> None:
        self._file, self._zone, self._form = file, zone, form or TableForm()
        source = io.BufferedReader(PiecesFile(pieces))
        encoding = self._form.encoding or _encoding(source.peek(4))
        self._text = io.TextIOWrapper(source, encoding, errors="replace", newline="")
        self._first, blank_lines = self._first_line()
        delimiter = self._form.delimiter or max(DELIMITERS, key=self._first.count)
        cells = self._cells(self._first, delimiter)
        columns, is_header = self._columns(cells, blank_lines + 1)
        self.shape = TableShape(columns, len(cells), delimiter, blank_lines + is_header, encoding)
        self._minutes: dict[str, int] = {}

    def logins(self) -> Iterator[TableLogin]:
        """Every login, in the table's order. Raises BadRowError for a row that is none, with its line."""
        found = self.shape.columns
        needed = max(found.user, found.time)
        for line, row in self._rows():
            if len(row) <= needed:
                raise BadRowError(f"{len(row)} columns, but {needed + 1} are needed", file=self._file, line=line)
            if found.type is not None and _cell(row, found.type).strip().lower() != _LOGIN:
                continue
            try:
                time_us = self._time_us(row[found.time])
            except ValueError as wrong:
                raise BadRowError(str(wrong), file=self._file, line=line) from None
            yield TableLogin(time_us, row[found.user], _cell(row, found.machine), _cell(row, found.source))

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        lines = iter(partial(self._text.readline, LONGEST_LINE), "")
        header = self.shape.header_lines
        if self._first and not self._is_header:
            lines = _after(self._first, lines)
        reader = csv.reader(lines, delimiter=self.shape.delimiter, strict=True, skipinitialspace=True)
        while True:
            line = header + reader.line_num + 1
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise BadRowError(f"this is no CSV: {error}", file=self._file, line=line) from None
            if row:
                yield line, row

    def _time_us(self, text: str) -> int:
        """Most rows are of one minute with the row before: its reading is remembered."""
        if len(text) != len("2020-01-21 12:45:56") or not text[17:].isdecimal():
            return login_time_us(text, self._zone)
        minute_us = self._minutes.get(text[:17])
        if minute_us is None:
            if len(self._minutes) >= MINUTES_KEPT:
                self._minutes.clear()
            minute_us = self._minutes[text[:17]] = login_time_us(text[:17] + "00", self._zone)
        seconds = int(text[17:])
        return minute_us + seconds * 1_000_000 if seconds < 60 else login_time_us(text, self._zone)

    def _first_line(self) -> tuple[str, int]:
        """The first line that is not blank, and how many there are before it."""
        blank_lines = 0
        while line := self._text.readline(LONGEST_LINE):
            if line.strip():
                return line, blank_lines
            blank_lines += 1
        raise InputError("there is nothing in it", file=self._file)

    def _cells(self, line: str, delimiter: str) -> list[str]:
        try:
            return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
        except csv.Error as error:
            raise InputError(f"this is no CSV: {error}", file=self._file, line=1) from None

    def _columns(self, cells: Sequence[str], line: int) -> tuple[Columns, bool]:
        """Where what stands, and whether the first row is a header."""
        names = [cell.strip().lower() for cell in cells]
        by_name = {column: self._place(column, names) for column in NAMES}
        self._is_header = by_name["user"] is not None and by_name["date"] is not None
        if by_name["user"] is not None and by_name["date"] is not None:
            others = (by_name["type"], by_name["machine"], by_name["from"])
            return Columns(by_name["user"], by_name["date"], *others), True
        times = [place for place, cell in enumerate(cells) if _is_time(cell, self._zone)]
        if len(times) != 1 or len(cells) < 2 or self._form.columns:
            raise InputError(
                "no column for the user and the time: name them with --columns user=NAME,date=NAME",
                file=self._file,
                line=line,
            )
        user = 0 if times[0] else 1
        source = next((place for place in range(len(cells)) if place not in (user, times[0])), None)
        return Columns(user, times[0], source=source), False

    def _place(self, column: str, names: Sequence[str]) -> int | None:
        if column in self._form.columns:
            wanted = self._form.columns[column].lower()
            if wanted not in names:
                raise InputError(f"there is no column {self._form.columns[column]!r}", file=self._file, line=1)
            return names.index(wanted)
        return next((names.index(name) for name in NAMES[column] if name in names), None)


def _after(first: str, rest: Iterable[str]) -> Iterator[str]:
    yield first
    yield from rest


def _cell(row: Sequence[str], place: int | None) -> str:
    return "" if place is None or place >= len(row) else row[place]


def _is_time(text: str, zone: tzinfo) -> bool:
    try:
        login_time_us(text, zone)
    except ValueError:
        return False
    return True


def _encoding(beginning: bytes) -> str:
    return next((encoding for mark, encoding in _MARKS if beginning.startswith(mark)), "utf-8")

"""Any table of logins: CSV with a column for the user and one for the time.

With a header its columns are found by name, with all the names that programs give them; without one
(``user,address,time``, the form of ``whotop windows``) the time is the only cell of the first row
that reads as one, and the user the first of the others. Where there is a type, only logins count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from itertools import chain
from typing import NamedTuple

from whotop.errors import BadRowError, InputError
from whotop.parse.event_row import TableForm
from whotop.parse.login_time import login_time_us
from whotop.parse.table_header import Header
from whotop.parse.table_text import TableText

MINUTES_KEPT = 10_000
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
        text = TableText(pieces, file=file, form=self._form)
        if not text.first:
            raise InputError("there is nothing in it", file=file)
        cells = text.first_cells()
        header = Header(cells, {*chain(*map(self._called, ("user", "date", *self._form.columns)))})
        told = self._columns_told(header, text.first_line)
        columns = told or self._columns_seen(cells, text.first_line)
        is_row = told is None or header.is_row(told.time)
        lines_before = text.first_line - is_row
        self.shape = TableShape(columns, len(cells), text.delimiter, lines_before, text.encoding)
        self._rows = text.rows if is_row else text.rows_below
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

    def _called(self, column: str) -> Sequence[str]:
        """What a column may be called; where the user says it, by that alone."""
        return (self._form.columns[column].lower(),) if column in self._form.columns else NAMES.get(column, ())

    def _columns_told(self, header: Header, line: int) -> Columns | None:
        """Where what stands, as a header or the user says; None where neither does."""
        places = {column: self._place(column, header, line) for column in NAMES}
        user, time = places["user"], places["date"]
        if user is None or time is None:
            return None
        return Columns(user, time, places["type"], places["machine"], places["from"])

    def _columns_seen(self, cells: Sequence[str], line: int) -> Columns:
        """Where what stands, as the first login shows."""
        times = [place for place, cell in enumerate(cells) if _is_time(cell, self._zone)]
        if len(times) != 1 or len(cells) < 2 or self._form.columns:
            what = "no column for the user and the time: name them with --columns user=NAME,date=NAME (or their places)"
            raise InputError(what, file=self._file, line=line)
        user = 0 if times[0] else 1
        source = next((place for place in range(len(cells)) if place not in (user, times[0])), None)
        return Columns(user, times[0], source=source)

    def _place(self, column: str, header: Header, line: int) -> int | None:
        place = next((place for name in self._called(column) if (place := header.place(name)) is not None), None)
        if place is None and column in self._form.columns:
            raise InputError(f"there is no column {self._form.columns[column]!r}", file=self._file, line=line)
        return place


def _cell(row: Sequence[str], place: int | None) -> str:
    return "" if place is None or place >= len(row) else row[place]


def _is_time(text: str, zone: tzinfo) -> bool:
    try:
        login_time_us(text, zone)
    except ValueError:
        return False
    return True

"""How many people used the machines, from files: tables of logins, and all that ``report`` reads.

Large plain tables are read by DuckDB; where it does not understand a row, the file is read once
more row by row, slowly, but knowing the line of every fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, tzinfo
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from whotop.analyse.opening import opened
from whotop.analyse.ownership import STANDARD_INPUT
from whotop.analyse.progress import Progress, unseen
from whotop.analyse.record_files import PassOver, Reading, RecordFile
from whotop.analyse.record_stream import record_stream
from whotop.analyse.time_order import TimeOrder
from whotop.core.days import day_at
from whotop.core.login_days import LoginDays
from whotop.core.query import Query
from whotop.core.usage import DayUsage, Part
from whotop.core.usage_parts import GatheredDays
from whotop.core.usage_where import LoginRow
from whotop.model import EventKind
from whotop.parse.event_row import TableForm
from whotop.parse.login_table import LoginTable, TableLogin
from whotop.parse.record_kind import RecordKind
from whotop.text import safe

FAST_BYTES = 16 * 1024 * 1024
"""Tables from this size on are worth the 0.1 s that DuckDB takes to load."""
LOOKED_AT_BYTES = 65_536
WHO_KEPT = 65_536
"""Most logins are of somebody who was there before, on the same machine from the same source."""


class Chosen(NamedTuple):
    """Which logins count."""

    query: Query
    excluded: frozenset[str] = frozenset()
    by: Part | None = None
    """Told apart by this as well."""

    @property
    def is_everything(self) -> bool:
        """Whether a login need not be looked at."""
        return self.query.is_empty and not self.excluded and self.by is None

    def login(self, machine: str, user: str, source: str) -> LoginRow | None:
        """A login if it counts."""
        login = LoginRow(safe(machine), user, safe(source))
        return login if user not in self.excluded and self.query.matches(login) else None


class Told(NamedTuple):
    """What files tell."""

    days: LoginDays
    parts: dict[str, list[DayUsage]]


def usage_told_by_files(
    paths: Iterable[str],
    chosen: Chosen,
    *,
    zone: tzinfo,
    now_us: int,
    form: TableForm | None = None,
    progress: Progress = unseen,
    pass_over: PassOver | None = None,
) -> Told:
    """The users of every day that the files tell of; ``-`` is standard input.

    A time without an offset is one of ``zone``, and so is a day. Raises InputError for a file that
    cannot be read, and BadRowError for a row that is no login; each names the file, and the line.
    What was only found in a folder, and records of a damaged log, are told to ``pass_over`` where it is given.
    """
    reading = Reading(zone=zone, now_us=now_us, progress=progress, pass_over=pass_over)
    reader = _Reader(chosen, reading, form)
    records = []
    for path in paths:
        if reader.is_table(path):
            reader.read_table(path)
        else:
            records.append(path)
    if records:
        reader.read_records(records)
    return Told(reader.days, reader.parts.parts())


class _Reader:
    def __init__(self, chosen: Chosen, reading: Reading, form: TableForm | None) -> None:
        self._chosen, self._reading, self._form = chosen, reading, form
        self._zone, self._progress = reading.zone, reading.progress
        self.days, self.parts = LoginDays(reading.zone), GatheredDays(chosen.by)
        self._choose = lru_cache(maxsize=WHO_KEPT)(chosen.login)

    def is_table(self, path: str) -> bool:
        """Whether it is a table, or what nothing else is: a table then says what is wrong with it."""
        if path == STANDARD_INPUT or self._form is not None or Path(path).is_fifo():
            return True
        return not Path(path).is_dir() and RecordFile(path, self._reading).kind() is RecordKind.EVENT_TABLE

    def read_table(self, path: str) -> None:
        """Take in one table."""
        name = "standard input" if path == STANDARD_INPUT else path
        if self._read_fast(path, name):
            return
        with opened(path, name) as file:
            pieces = chain([file.beginning(LOOKED_AT_BYTES)], self._watched(file.pieces(), name, lambda: file.share))
            table = LoginTable(pieces, file=name, zone=self._zone, form=self._form)
            self._take(table.logins())

    def _take(self, logins: Iterable[TableLogin]) -> None:
        if self._chosen.is_everything:
            for login in logins:
                self.days.add(login.time_us, login.user)
            return
        for login in logins:
            self._take_chosen(login.time_us, login.machine, login.user, login.source)

    def _take_chosen(self, time_us: int, *who: str) -> None:
        if (login := self._choose(*who)) is not None:
            self.days.add(time_us, login.user)
            if self._chosen.by is not None and login.user:
                self.parts.add(day_at(time_us, self._zone), login)

    def _read_fast(self, path: str, name: str) -> bool:
        """Whether DuckDB has read it."""
        if path == STANDARD_INPUT or not self._chosen.query.is_empty or self._chosen.by or not _is_large(Path(path)):
            return False
        from whotop.analyse.usage_engine import read_table_days

        with opened(path, name) as file:
            table = LoginTable([file.beginning(LOOKED_AT_BYTES)], file=name, zone=self._zone, form=self._form)
        return read_table_days(Path(path), table.shape, self._take_day, self._progress)

    def _take_day(self, day: date, user: str, logins: int) -> None:
        if user not in self._chosen.excluded:
            self.days.add_day(day, user, logins)

    def read_records(self, paths: list[str]) -> None:
        """Take in files of all other kinds, as one stream: logs may go on from one file to the next."""
        with TimeOrder() as order:
            for event in record_stream(paths, self._reading, order):
                if event.kind is EventKind.LOGIN:
                    self._take_chosen(event.time_us, event.machine, event.user, event.source)

    def _watched(self, pieces: Iterator[bytes], name: str, share: Callable[[], float]) -> Iterator[bytes]:
        for piece in pieces:
            self._progress(name, share())
            yield piece


def _is_large(path: Path) -> bool:
    return path.is_file() and path.suffix.lower() not in {".bz2", ".xz", ".gz"} and path.stat().st_size >= FAST_BYTES


def day_range(days: LoginDays, start: date | None, end: date | None) -> tuple[date, date] | None:
    """The range that is asked for, and where none is, the files' own; None where there is no login at all."""
    first, last = start or days.first, end or days.last
    return None if first is None or last is None else (first, last)

"""One row of a table of login events, whether CSV or JSON told it.

Dates are ``YYYY-MM-DD HH:MM:SS`` in a zone that the caller gives, or ISO 8601 with ``T``, fractions
and an offset of their own. Types are ``login`` and ``logout``; others are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

import msgspec

from whotop.errors import InputError
from whotop.model import Event, EventKind, Origin, RawText, Standing
from whotop.text import LIMIT, safe

NEEDED = ("date", "type", "machine", "user")
OPTIONAL = ("tty", "from")
_FILE, _HISTORY = Origin.FILE, Standing.HISTORY
"""A member of an enumeration by its name takes Python 3.11 0.2 µs."""
KINDS = {"login": EventKind.LOGIN, "logout": EventKind.LOGOUT}

_DATE = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{1,6})?( ?(Z|[+-]\d\d:?\d\d))?", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

MINUTES_KEPT = 65_536
TEXTS_KEPT = 16_384
"""About 7 MB each."""
_SECONDS_US = {f"{second:02}": second * 1_000_000 for second in range(60)}

Refuse = Callable[[InputError], None]
"""Told of each row that is left out because it is wrong."""
Other = Callable[[], None]
"""Told of each row that is left out because it is of another type than logins and logouts."""


def untold() -> None:
    """Rows of other types that nobody counts."""


@dataclass(frozen=True, slots=True)
class TableForm:
    """How a table is written where it is not as usual."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """What the table calls the columns that we know: ours first."""
    delimiter: str = ""
    """Empty: seen from the first line."""
    encoding: str = ""
    """Empty: by the byte-order mark, else UTF-8."""

    def name(self, column: str) -> str:
        """What the table calls a column of ours."""
        return self.columns.get(column, column)


class RowReader:
    """Reads the rows of one file. Without ``refuse`` a wrong one raises InputError, with its line."""

    __slots__ = ("_file", "_minutes", "_other", "_refuse", "_zone")

    def __init__(self, file: str, zone: tzinfo, refuse: Refuse | None = None, other: Other = untold) -> None:
        self._file, self._zone, self._refuse, self._other = file, zone, refuse, other
        self._minutes: dict[str, int] = {}
        """By all of a date but its seconds."""

    def event(self, line: int, cells: Sequence[str]) -> Event | None:
        """The event of a row, whose cells stand in the order of NEEDED and OPTIONAL; None if it is left out."""
        date, type_, machine, user, tty, source = cells
        kind = KINDS.get(type_) or KINDS.get(type_.strip().lower())
        if kind is None:
            self._other()
            return None
        try:
            time_us = self._minutes[date[:17] + date[19:]] + _SECONDS_US[date[17:19]]
        except KeyError:  # nearly all rows are of a minute that was read before
            try:
                time_us = self._time_us(date)
            except ValueError as wrong:
                self.refused(str(wrong), line)
                return None
        texts, raw = machine + user + tty + source, None
        if not (texts.isascii() and texts.isprintable() and " " not in texts and len(texts) <= LIMIT):
            machine, user, tty, source, raw = _received(machine, user, tty, source)
        if not machine or not user:
            self.refused(f"a {kind} without a {'user' if machine else 'machine'}", line)
            return None
        return Event(
            machine=machine,
            kind=kind,
            time_us=time_us,
            user=user,
            tty=tty,
            source=source,
            origin=_FILE,
            standing=_HISTORY,
            raw=raw,
        )

    def _time_us(self, date: str) -> int:
        minute, seconds_us = date[:17] + date[19:], _SECONDS_US.get(date[17:19])
        time_us = time_us_of(date.strip(), self._zone)
        if seconds_us is not None and date[13:14] == date[16:17] == ":" and "." not in date:
            if len(self._minutes) >= MINUTES_KEPT:
                self._minutes.clear()
            self._minutes[minute] = time_us - seconds_us
        return time_us

    def refused(self, what: str, line: int) -> None:
        """A row is wrong, and left out: tell of it, or raise."""
        error = InputError(what, file=self._file, line=line)
        if self._refuse is None:
            raise error
        self._refuse(error)


def numbered(events: Iterable[Event]) -> Iterator[Event]:
    """Equal rows, of events in the order of their times, told apart by number: each has a key of its own."""
    first: Event | None = None
    seen: dict[Event, int] = {}
    for event in events:
        if first is None or event.time_us != first.time_us:
            first = event
            seen.clear()
            yield event
            continue
        seen.setdefault(first, 0)
        ordinal = seen[event] = seen.get(event, -1) + 1
        yield msgspec.structs.replace(event, ordinal=ordinal) if ordinal else event


def _received(*cells: str) -> tuple[str, str, str, str, RawText | None]:
    """Machine, user, tty and source made safe, and those that this changed as received."""
    received = [cell.strip() for cell in cells]
    machine, user, tty, source = shown = [_safe(text) if len(text) <= LIMIT else safe(text) for text in received]
    names = zip(received[1:], shown[1:], strict=True)
    changed = [_as_bytes(text) if text != shown else None for text, shown in names]
    raw = RawText(*changed) if any(text is not None for text in changed) else None
    return machine, user, tty, source, raw


@lru_cache(maxsize=TEXTS_KEPT)
def _safe(text: str) -> str:
    """The same names come again and again, and each letter beyond ASCII is looked at."""
    return safe(text)


def _as_bytes(text: str) -> str:
    return text.encode("utf-8", "replace").decode("latin-1")


def time_us_of(date: str, zone: tzinfo) -> int:
    """The moment that a date names. In the hour that an autumn clock change repeats, the earlier one is meant.

    Raises ValueError.
    """
    try:
        if not _DATE.fullmatch(date):
            raise ValueError
        moment = datetime.fromisoformat(date[:10] + "T" + date[11:].replace(" ", ""))
    except ValueError:
        raise ValueError(f"{safe(date, 40)!r} is no date: it must read YYYY-MM-DD HH:MM:SS") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return (moment - _EPOCH) // _MICROSECOND

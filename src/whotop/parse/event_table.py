"""A table of login events: CSV with a header that names ``date``, ``type``, ``machine`` and ``user``.

    date,type,machine,user
    2020-01-21 12:45:56,login,myworkstation.local,jordan

The columns stand in any order; ``tty`` and ``from`` are read too where there are such. Dates are
``YYYY-MM-DD HH:MM:SS`` in a zone that the caller gives, or ISO 8601 with ``T``, fractions and an
offset of their own. Types are ``login`` and ``logout``; others are counted and left out.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from operator import itemgetter

import msgspec

from whotop.errors import InputError
from whotop.model import Event, EventKind, Origin, RawText, Standing
from whotop.text import safe

NEEDED = ("date", "type", "machine", "user")
OPTIONAL = ("tty", "from")
KINDS = {"login": EventKind.LOGIN, "logout": EventKind.LOGOUT}

_DATE = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{1,6})?( ?(Z|[+-]\d\d:?\d\d))?", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class EventTable:
    """What a table holds."""

    events: list[Event]
    """In time order; equal times in the order of the table."""
    ignored: int
    """Rows of types other than login and logout."""


def parse_event_table(content: bytes, *, file: str, zone: tzinfo = UTC) -> EventTable:
    """Read a table; ``file`` is its name in errors, ``zone`` that of dates without an offset.

    A byte-order mark, any line ending and bytes that are no UTF-8 (U+FFFD) are borne with.
    Raises InputError, with the line, for a missing column, a wrong date, or CSV that is none.
    """
    rows = _rows(content, file)
    line, header = next(rows, (1, []))
    cells_of = _columns(header, file, line)
    width = len(header)
    events: list[Event] = []
    seen: Counter[Event] = Counter()
    ignored = 0
    for line, row in rows:
        del row[width:]
        # The empty cell behind the last is what a column that is not there reads.
        row += [""] * (width + 1 - len(row))
        date, type_, *cells = cells_of(row)
        kind = KINDS.get(type_.strip().lower())
        if kind is None:
            ignored += 1
            continue
        event = _event(kind, _time_us(date.strip(), zone, file, line), cells, file, line)
        events.append(_numbered(event, seen))
    events.sort(key=lambda event: event.time_us)
    return EventTable(events, ignored)


def _rows(content: bytes, file: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank, with the line on which it begins."""
    text = io.StringIO(content.decode("utf-8-sig", "replace"), newline="")
    reader = csv.reader(text, strict=True, skipinitialspace=True)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise InputError(f"this is no CSV: {error}", file=file, line=line) from None
        if row:
            yield line, row


def _columns(header: Sequence[str], file: str, line: int) -> Callable[[Sequence[str]], tuple[str, ...]]:
    """What picks the columns that we know from a row, in our order."""
    names = [name.strip().lower() for name in header]
    missing = [name for name in NEEDED if name not in names]
    if missing:
        wanted = ",".join(NEEDED)
        raise InputError(f"no column {', '.join(missing)}: the first line must name {wanted}", file=file, line=line)
    return itemgetter(*(names.index(name) if name in names else len(names) for name in NEEDED + OPTIONAL))


def _event(kind: EventKind, time_us: int, cells: Sequence[str], file: str, line: int) -> Event:
    machine, user, tty, source = received = [cell.strip() for cell in cells]
    if not machine or not user:
        raise InputError(f"a {kind} without a {'user' if machine else 'machine'}", file=file, line=line)
    shown = [safe(text) for text in received]
    return Event(
        machine=shown[0],
        kind=kind,
        time_us=time_us,
        user=shown[1],
        tty=shown[2],
        source=shown[3],
        origin=Origin.FILE,
        standing=Standing.HISTORY,
        raw=_raw((user, tty, source), shown[1:]) if shown != received else None,
    )


def _raw(received: Sequence[str], shown: Sequence[str]) -> RawText | None:
    changed = [_as_bytes(text) if text != safe_text else None for text, safe_text in zip(received, shown, strict=True)]
    return RawText(*changed) if any(text is not None for text in changed) else None


def _as_bytes(text: str) -> str:
    return text.encode().decode("latin-1")


def _time_us(date: str, zone: tzinfo, file: str, line: int) -> int:
    """In the hour that an autumn clock change repeats, the earlier one is meant."""
    try:
        if not _DATE.fullmatch(date):
            raise ValueError
        moment = datetime.fromisoformat(date[:10] + "T" + date[11:].replace(" ", ""))
    except ValueError:
        raise InputError(
            f"{safe(date, 40)!r} is no date: it must read YYYY-MM-DD HH:MM:SS", file=file, line=line
        ) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return (moment - _EPOCH) // _MICROSECOND


def _numbered(event: Event, seen: Counter[Event]) -> Event:
    """Equal rows are told apart by their number, so that each has a key of its own."""
    ordinal = seen[event]
    seen[event] += 1
    if not ordinal:
        return event
    return msgspec.structs.replace(event, ordinal=ordinal)

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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

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
    line, header = next(rows, (0, []))
    columns = _columns(header, file, line)
    events: list[Event] = []
    seen: Counter[Event] = Counter()
    ignored = 0
    for line, row in rows:
        kind = KINDS.get(_cell(row, columns, "type").lower())
        if kind is None:
            ignored += 1
            continue
        event = _event(kind, row, columns, zone, file, line)
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
            yield line, [cell.strip() for cell in row]


def _columns(header: Sequence[str], file: str, line: int) -> dict[str, int]:
    names = [name.lower() for name in header]
    missing = [name for name in NEEDED if name not in names]
    if missing:
        wanted = ",".join(NEEDED)
        raise InputError(
            f"no column {', '.join(missing)}: the first line must name {wanted}", file=file, line=line or 1
        )
    return {name: names.index(name) for name in NEEDED + OPTIONAL if name in names}


def _cell(row: Sequence[str], columns: dict[str, int], name: str) -> str:
    index = columns.get(name, len(row))
    return row[index] if index < len(row) else ""


def _event(kind: EventKind, row: Sequence[str], columns: dict[str, int], zone: tzinfo, file: str, line: int) -> Event:
    time_us = _time_us(_cell(row, columns, "date"), zone, file, line)
    machine, user, tty, source = (_cell(row, columns, name) for name in ("machine", "user", "tty", "from"))
    for name, value in (("machine", machine), ("user", user)):
        if not value:
            raise InputError(f"a {kind} without a {name}", file=file, line=line)
    shown = [safe(text) for text in (user, tty, source)]
    return Event(
        machine=safe(machine),
        kind=kind,
        time_us=time_us,
        user=shown[0],
        tty=shown[1],
        source=shown[2],
        origin=Origin.FILE,
        standing=Standing.HISTORY,
        raw=_raw((user, tty, source), shown),
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

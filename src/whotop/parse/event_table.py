"""A table of login events: CSV with a header that names ``date``, ``type``, ``machine`` and ``user``.

    date,type,machine,user
    2020-01-21 12:45:56,login,myworkstation.local,jordan

The columns stand in any order; ``tty`` and ``from`` are read too where there are such. Commas,
semicolons, tabs or bars may stand between them. Without a header the user says at which place each
stands. ``event_row`` says what a row may hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import itemgetter

from whotop.errors import InputError
from whotop.model import Event
from whotop.parse.event_row import NEEDED, OPTIONAL, RowReader, TableForm
from whotop.parse.table_header import Header
from whotop.parse.table_text import TableText

_USUAL = TableForm()


def table_events(pieces: Iterable[bytes], rows: RowReader, *, file: str, form: TableForm = _USUAL) -> Iterator[Event]:
    """The events of a table in its own order, as it is read; ``file`` is its name in errors.

    Raises InputError, with the line, for a missing column, a wrong date, or CSV that is none.
    """
    table = TableText(pieces, file=file, form=form)
    places, is_row = _places(table, file, form)
    width = len(table.first_cells())
    cells_of = itemgetter(*(width if place is None else place for place in places))
    blank, event_of = [""] * width, rows.event
    for line, row in table.rows() if is_row else table.rows_below():
        if len(row) != width:
            row = (row + blank)[:width]
        row.append("")  # what a column that is not there reads
        event = event_of(line, cells_of(row))
        if event is not None:
            yield event


def _places(table: TableText, file: str, form: TableForm) -> tuple[list[int | None], bool]:
    """Where the columns that we know stand, in our order, and whether the first line is a row already."""
    called = [form.name(column).lower() for column in (*NEEDED, *OPTIONAL)]
    needed = called[: len(NEEDED)]
    header = Header(table.first_cells(), {*needed, *map(str.lower, form.columns.values())})
    places = [header.place(name) for name in called]
    date = places[0]
    missing = [name for name, place in zip(needed, places, strict=False) if place is None]
    if date is None or missing:
        mend = f"the first line must name {','.join(needed)} (or say their places with --columns date=1,...)"
        if all(map(str.isdecimal, missing)):
            mend = f"the first line has {len(table.first_cells())}"
        raise InputError(f"no column {', '.join(missing)}: {mend}", file=file, line=table.first_line)
    return places, header.is_row(date)

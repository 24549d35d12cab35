"""A table of login events: CSV with a header that names ``date``, ``type``, ``machine`` and ``user``.

    date,type,machine,user
    2020-01-21 12:45:56,login,myworkstation.local,jordan

The columns stand in any order; ``tty`` and ``from`` are read too where there are such. Commas,
semicolons, tabs or bars may stand between them. ``event_row`` says what a row may hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter

from whotop.errors import InputError
from whotop.model import Event
from whotop.parse.event_row import NEEDED, OPTIONAL, RowReader, TableForm
from whotop.parse.table_text import TableText

_USUAL = TableForm()


def table_events(pieces: Iterable[bytes], rows: RowReader, *, file: str, form: TableForm = _USUAL) -> Iterator[Event]:
    """The events of a table in its own order, as it is read; ``file`` is its name in errors.

    Raises InputError, with the line, for a missing column, a wrong date, or CSV that is none.
    """
    table = TableText(pieces, file=file, form=form)
    cells_of, width = _columns(table, file, form)
    blank, event_of = [""] * width, rows.event
    for line, row in table.rows_below():
        if len(row) != width:
            row = (row + blank)[:width]
        row.append("")  # what a column that is not there reads
        event = event_of(line, cells_of(row))
        if event is not None:
            yield event


def _columns(table: TableText, file: str, form: TableForm) -> tuple[Callable[[Sequence[str]], tuple[str, ...]], int]:
    """What picks the columns that we know from a row, in our order, and how many a row has."""
    names = [name.strip().lower() for name in table.first_cells()]
    wanted = [form.name(column).lower() for column in (*NEEDED, *OPTIONAL)]
    needed = wanted[: len(NEEDED)]
    missing = [name for name in needed if name not in names]
    if missing:
        what = f"no column {', '.join(missing)}: the first line must name {','.join(needed)}"
        raise InputError(what, file=file, line=table.first_line)
    return itemgetter(*(names.index(name) if name in names else len(names) for name in wanted)), len(names)

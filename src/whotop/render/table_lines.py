"""A report as tables on a terminal or in a text file: every session a row, columns as wide as they must be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from whotop.core.report import Report
from whotop.render.layout import Table, laid_out, quiet_line
from whotop.text import cells

BETWEEN = "  "


def table_lines(report: Report) -> list[str]:
    """Title, totals, tables."""
    page = laid_out(report)
    lines = [page.title, *filter(None, [page.watched]), " · ".join(page.totals)]
    for table in page.tables:
        lines += ["", table.heading, *_rows(table)]
    if page.quiet:
        lines += ["", quiet_line(page)]
    return lines


def _rows(table: Table) -> Iterator[str]:
    """The names of the columns, and every row."""
    rows = [tuple(column.title for column in table.columns), *table.rows]
    widths = [max(map(cells, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield _row(table, row, widths)


def _row(table: Table, row: Sequence[str], widths: Sequence[int]) -> str:
    placed = []
    for column, text, width in zip(table.columns, row, widths, strict=True):
        room = " " * (width - cells(text))
        placed.append(room + text if column.is_number else text + room)
    return BETWEEN.join(placed).rstrip()

"""A report as Markdown (CommonMark with GitHub's tables)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from whotop.core.report import Report
from whotop.render.layout import Table, laid_out, quiet_line

# Whatever begins markup inside a line; the last three begin links without brackets in GitHub's
# dialect (spec 6.9: ``://``, ``www.``, an address with ``@``).
_MARKUP = re.compile(r"[\\`*_\[\]<>|~&#$!@]|:(?=//)|(?<=www)\.", re.IGNORECASE)


def markdown_lines(report: Report) -> list[str]:
    """Title, totals, tables."""
    page = laid_out(report)
    lines = [f"# Who is on which machine: {escaped(page.title)}", "", f"{escaped(' · '.join(page.totals))}"]
    if page.watched:
        lines += ["", escaped(page.watched)]
    for table in page.tables:
        lines += ["", f"## {table.heading}", "", *_table(table)]
    if page.quiet:
        lines += ["", escaped(quiet_line(page))]
    return lines


def _table(table: Table) -> list[str]:
    rule = ["---:" if column.is_number else "---" for column in table.columns]
    return [_row([column.title for column in table.columns]), _row(rule), *map(_escaped_row, table.rows)]


def _escaped_row(cells: Sequence[str]) -> str:
    return _row([escaped(cell) for cell in cells])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def escaped(text: str) -> str:
    """Text that Markdown shows as it stands: a backslash before whatever would mean something."""
    return _MARKUP.sub(r"\\\g<0>", text)

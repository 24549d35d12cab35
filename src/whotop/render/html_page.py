"""A report as one HTML page that needs nothing else and may do nothing: no script, no request."""

from __future__ import annotations

from html import escape
from pathlib import Path

from whotop.core.report import Report
from whotop.render.layout import Column, Table, laid_out, quiet_line

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""Content Security Policy: should any text ever get through as markup, the browser still runs and loads nothing."""

SHEET = Path(__file__).with_name("sheet.css")
"""How every page of whotop looks; what is served has it too."""
_STYLES = (SHEET, Path(__file__).with_name("report.css"))


def html_page(report: Report) -> str:
    """The page, in UTF-8, following the reader's light or dark scheme."""
    page = laid_out(report)
    body = [
        f"<header>\n<h1>whotop</h1>\n<p>{escape(page.title)}</p>",
        f"<p>{escape(page.watched)}</p>" if page.watched else "",
        "</header>",
        "<ul>" + "".join(f"<li>{escape(total)}</li>" for total in page.totals) + "</ul>",
        *map(_table, page.tables),
        f"<p>{escape(quiet_line(page))}</p>" if page.quiet else "",
    ]
    return "\n".join([*head_lines(page.title), "<body>", *filter(None, body), "</body>", "</html>", ""])


def head_lines(title: str) -> list[str]:
    """All before the body of a page with this title."""
    return [
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        f"<title>whotop {escape(title)}</title>",
        "<style>",
        *(style.read_text(encoding="utf-8").rstrip() for style in _STYLES),
        "</style>",
        "</head>",
    ]


def _table(table: Table) -> str:
    heads = "".join(f'<th scope="col"{_align(column)}>{escape(column.title)}</th>' for column in table.columns)
    rows = "\n".join(_row(row, table.columns, '<tr class="same">' if same else "<tr>") for row, same in table.lines())
    return (
        f"<section>\n<h2>{escape(table.heading)}</h2>\n<div>\n<table>\n"
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n</div>\n</section>"
    )


def _row(row: tuple[str, ...], columns: tuple[Column, ...], opening: str) -> str:
    cells = "".join(f"<td{_align(column)}>{escape(cell)}</td>" for cell, column in zip(row, columns, strict=True))
    return f"{opening}{cells}</tr>"


def _align(column: Column) -> str:
    return ' class="number"' if column.is_number else ""

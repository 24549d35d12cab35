"""A report of usage as one HTML page: the chart as SVG and the table. No script, no request."""

from __future__ import annotations

from html import escape

from whotop.core.usage import PeriodUsage, UsageReport
from whotop.render.html_page import head_lines
from whotop.render.usage.names import column_name, heading
from whotop.render.usage.svg import svg_element
from whotop.render.usage.texts import rows_of


def html_page(report: UsageReport) -> str:
    """The page, in UTF-8, following the reader's light or dark scheme."""
    title = heading(report)
    part = (report.by,) if report.by else ()
    names = "".join(f'<th scope="col">{name}</th>' for name in (column_name(report.period), *part))
    figures = "".join(f'<th scope="col" class="number">{name}</th>' for name in ("users", "logins"))
    rows = "\n".join(_row(report, name, one) for name, one in rows_of(report))
    return "\n".join(
        [
            *head_lines(title),
            "<body>",
            f"<header>\n<h1>whotop</h1>\n<p>{escape(title)}</p>\n</header>",
            f"<section>\n{svg_element(report)}\n</section>",
            f"<section>\n<div>\n<table>\n<thead><tr>{names}{figures}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n</div>\n</section>",
            "</body>",
            "</html>",
            "",
        ]
    )


def _row(report: UsageReport, name: str, one: PeriodUsage) -> str:
    part = f"<td>{escape(name)}</td>" if report.by else ""
    figures = "".join(f'<td class="number">{figure:,}</td>' for figure in (one.users, one.logins))
    return f"<tr><td>{one.last_day}</td>{part}{figures}</tr>"

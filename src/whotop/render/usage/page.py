"""A report of usage as one HTML page: the chart as SVG and the table. No script, no request."""

from __future__ import annotations

from html import escape

from whotop.core.usage import UsageReport
from whotop.render.html_page import head_lines
from whotop.render.usage.names import column_name, heading
from whotop.render.usage.svg import svg_element


def html_page(report: UsageReport) -> str:
    """The page, in UTF-8, following the reader's light or dark scheme."""
    title = heading(report)
    head = "".join(
        f'<th scope="col"{kind}>{name}</th>'
        for name, kind in (
            (column_name(report.period), ""),
            ("users", ' class="number"'),
            ("logins", ' class="number"'),
        )
    )
    rows = "\n".join(
        f'<tr><td>{one.last_day}</td><td class="number">{one.users:,}</td><td class="number">{one.logins:,}</td></tr>'
        for one in report.periods
    )
    return "\n".join(
        [
            *head_lines(title),
            "<body>",
            f"<header>\n<h1>whotop</h1>\n<p>{escape(title)}</p>\n</header>",
            f"<section>\n{svg_element(report)}\n</section>",
            f"<section>\n<div>\n<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n</div>\n</section>",
            "</body>",
            "</html>",
            "",
        ]
    )

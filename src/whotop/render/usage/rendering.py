"""Rendering a report of usage in a format; charts that need a library are imported when they are asked for."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from whotop.core.usage import UsageReport
from whotop.render.made_safe import made_safe


class UsageFormat(StrEnum):
    """What a report of usage can be rendered as."""

    TEXT = "text"
    CSV = "csv"
    JSON = "json"
    HTML = "html"
    SVG = "svg"
    PNG = "png"


class CsvStyle(StrEnum):
    """Whose CSV: what pandas writes for the program that this replaces, or a plain table."""

    PANDAS = "pandas"
    PLAIN = "plain"


ENDINGS = {
    ".txt": UsageFormat.TEXT,
    ".csv": UsageFormat.CSV,
    ".json": UsageFormat.JSON,
    ".html": UsageFormat.HTML,
    ".htm": UsageFormat.HTML,
    ".svg": UsageFormat.SVG,
    ".png": UsageFormat.PNG,
}
"""By a file's ending."""
DRAWN = frozenset({UsageFormat.HTML, UsageFormat.SVG, UsageFormat.PNG})
"""Those that show a chart."""


def render_usage(report: UsageReport, format: UsageFormat, style: CsvStyle = CsvStyle.PANDAS) -> bytes:  # noqa: A002 - the word of the command line
    """The report as a whole file; texts are UTF-8 and end in a line break."""
    report = made_safe(report)
    match format:
        case UsageFormat.TEXT:
            from whotop.render.usage.texts import text_lines

            return _encoded(text_lines(report))
        case UsageFormat.CSV:
            from whotop.render.usage.texts import pandas_csv, plain_csv

            return _encoded(pandas_csv(report) if style is CsvStyle.PANDAS else plain_csv(report))
        case UsageFormat.JSON:
            from whotop.render.usage.texts import json_document

            return json_document(report)
        case UsageFormat.HTML:
            from whotop.render.usage.page import html_page

            return html_page(report).encode()
        case UsageFormat.SVG:
            from whotop.render.usage.svg import svg_document

            return svg_document(report).encode()
        case UsageFormat.PNG:
            from whotop.render.usage.png import png_document

            return png_document(report)


def _encoded(lines: Iterable[str]) -> bytes:
    return "".join(line + "\n" for line in lines).encode()

"""Rendering a report in a format, and writing it to a file."""

from __future__ import annotations

from pathlib import Path

from whotop.core.report import Report
from whotop.render.files import write_file
from whotop.render.formats import Format, format_of
from whotop.render.made_safe import made_safe


def render(report: Report, format: Format) -> bytes:  # noqa: A002 - the word of the command line
    """The report as a whole file: UTF-8 text ending in a line break, or a PDF.

    Each format is imported when it is asked for: fpdf2 alone takes half a second.
    """
    report = made_safe(report)
    match format:
        case Format.TEXT:
            from whotop.render.text_lines import text_lines

            return _encoded(text_lines(report))
        case Format.TABLE:
            from whotop.render.table_lines import table_lines

            return _encoded(table_lines(report))
        case Format.MARKDOWN:
            from whotop.render.markdown_lines import markdown_lines

            return _encoded(markdown_lines(report))
        case Format.JSON:
            from whotop.render.json_document import json_document

            return json_document(report)
        case Format.CSV:
            from whotop.render.csv_table import csv_table

            return csv_table(report).encode()
        case Format.HTML:
            from whotop.render.html_page import html_page

            return html_page(report).encode()
        case Format.PDF:
            from whotop.render.pdf_document import pdf_document

            return pdf_document(report)


def _encoded(lines: list[str]) -> bytes:
    return "".join(line + "\n" for line in lines).encode()


def write_report(report: Report, path: str | Path, wanted: Format | None = None) -> Path:
    """Write it as wanted, or as the file's ending says, readable by its owner alone; returns where.

    A regular file appears whole or not at all. Raises UsageError for an unknown ending and
    WhotopError where it cannot be written.
    """
    return write_file(path, render(report, wanted or format_of(path)))

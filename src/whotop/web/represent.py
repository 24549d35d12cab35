"""In which form an answer is given: CSV, HTML, text or JSON.

The parameter ``content_type`` says it, or else the Accept header, looked through in that order; a
header that names none of them gets JSON.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from html import escape

import msgspec
from msgspec import UnsetType

from whotop.render.csv_table import guarded
from whotop.web.question import Kind

MEDIA_TYPES = {
    Kind.CSV: "text/csv; charset=utf-8",
    Kind.HTML: "text/html; charset=utf-8",
    Kind.TEXT: "text/plain; charset=utf-8",
    Kind.JSON: "application/json",
}
_BARE = {kind: media_type.partition(";")[0] for kind, media_type in MEDIA_TYPES.items()}


def kind_of(asked: Kind | UnsetType, accept: str) -> Kind:
    """The form that was asked for, or else the first in the order of ``Kind`` that the Accept header names."""
    if not isinstance(asked, UnsetType):
        return asked
    named = set(_named(accept))
    return next((kind for kind in Kind if _BARE[kind] in named), Kind.JSON)


def _named(accept: str) -> Iterator[str]:
    """The media types in an Accept header that are wanted at all (RFC 9110 §12.5.1: ``q=0`` is not)."""
    for part in accept.lower().split(","):
        media_type, *parameters = (piece.strip() for piece in part.split(";"))
        if not any(_is_zero(parameter) for parameter in parameters):
            yield media_type


def _is_zero(parameter: str) -> bool:
    name, _, weight = parameter.partition("=")
    return name.strip() == "q" and set(weight.strip()) <= {"0", "."}


def table(rows: Sequence[msgspec.Struct], shape: type[msgspec.Struct], kind: Kind, title: str) -> bytes:
    """Structs of one shape as a table with a column for each field."""
    columns = shape.__struct_encode_fields__
    cells = [[_cell(getattr(row, name)) for name in shape.__struct_fields__] for row in rows]
    match kind:
        case Kind.CSV:
            return _csv(columns, cells)
        case Kind.HTML:
            return framed(title, columns, cells)
        case _:
            return _text(columns, cells)


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case tuple():
            return " ".join(map(str, value))
        case datetime():
            return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        case float():
            return f"{value:.10g}"
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)


def _csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def _text(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    lines = [columns, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padded = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    return "".join(line.rstrip() + "\n" for line in padded).encode()


def framed(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A page with one table."""
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    body = "\n".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>whotop {escape(title)}</title>\n"
        '<link rel="icon" href="/favicon.svg">\n<link rel="stylesheet" href="/static/sheet.css">\n'
        '<link rel="stylesheet" href="/static/whotop.css">\n</head>\n<body>\n'
        f'<header><h1>whotop</h1><p>{escape(title)}</p></header>\n<div class="sheet"><table>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table></div>\n</body>\n</html>\n"
    ).encode()

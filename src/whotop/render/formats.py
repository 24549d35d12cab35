"""The formats, and which one a file's name asks for."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from whotop.errors import UsageError


class Format(StrEnum):
    """What a report can be rendered as; the values are the words of ``--format``."""

    TEXT = "text"
    TABLE = "table"
    MARKDOWN = "markdown"
    JSON = "json"
    CSV = "csv"
    HTML = "html"
    PDF = "pdf"


ENDINGS = {
    "": Format.TEXT,
    ".txt": Format.TEXT,
    ".text": Format.TEXT,
    ".table": Format.TABLE,
    ".md": Format.MARKDOWN,
    ".markdown": Format.MARKDOWN,
    ".json": Format.JSON,
    ".csv": Format.CSV,
    ".html": Format.HTML,
    ".htm": Format.HTML,
    ".pdf": Format.PDF,
}


def format_of(path: str | Path) -> Format:
    """The format that a file's ending names; none is text. Raises UsageError for an ending that names none."""
    ending = Path(path).suffix.lower()
    if ending not in ENDINGS:
        known = ", ".join(name for name in ENDINGS if name)
        raise UsageError(f"{path}: a report cannot be written as {ending} (it can as {known})")
    return ENDINGS[ending]

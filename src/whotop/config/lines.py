"""Finds the line of a TOML file that a field path such as ``machines[2].port`` stands in.

``tomllib`` tells no positions. Headers and ``key =`` at the start of a line are enough to find what
people write; what stands inside an inline table is found as that table's line, and what is not
found has no line, which only makes a message shorter.
"""

from __future__ import annotations

import re
from pathlib import Path

from whotop.errors import ConfigError

_HEADER = re.compile(r"\s*+(\[\[?)([\w.\-\"'\s]++)\]\]?\s*+(?:#.*)?")
_KEY = re.compile(r"([\w.\-\"'\s]++)=")


def line_of(text: str, place: str) -> int:
    """The line in ``text``, counted from 1, of what ``place`` names; 0 where it is not found."""
    lines = _lines_of_places(text)
    while place:
        if place in lines:
            return lines[place]
        place = place[: max(place.rfind("."), place.rfind("["), 0)]
    return 0


def _lines_of_places(text: str) -> dict[str, int]:
    lines: dict[str, int] = {}
    counts: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.fullmatch(line):
            table = _plain(header[2])
            if header[1] == "[[":
                index = counts[table] = counts.get(table, -1) + 1
                lines.setdefault(table, number)
                table = f"{table}[{index}]"
            lines.setdefault(table, number)
            lines.setdefault(table.partition(".")[0], number)
        elif key := _KEY.match(line):
            lines.setdefault(f"{table}.{_plain(key[1])}".lstrip("."), number)
    return lines


def _plain(name: str) -> str:
    return re.sub(r"[\"'\s]", "", name)


def with_line(error: ConfigError) -> ConfigError:
    """``error`` with the line of its place, where its file can be read and holds it."""
    if not error.file or not error.place or error.place.startswith("line "):
        return error
    try:
        line = line_of(Path(error.file).read_text("utf-8-sig"), error.place)
    except (OSError, UnicodeDecodeError):
        return error
    place = f"line {line}, {error.place}" if line else error.place
    return ConfigError(error.what, file=error.file, place=place, mend=error.mend)

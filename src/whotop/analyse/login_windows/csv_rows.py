"""Rows of CSV as the older analyser split them (scala-csv, CSVParser.scala).

A cell that begins with a quote ends with one, and holds none that is not doubled. In any other cell a
quote stands for the quote or the comma behind it, and must have one of them behind it. Lines end with
LF, CR, both, or one of the separators of Unicode.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple, TextIO

LONGEST_LINE = 4 * 1024 * 1024
"""Characters; DuckDB reads none that is longer either."""
LONGEST_QUOTE = 256 * 1024
"""Characters after which a quote that is not closed was never meant to be."""

_QUOTED = re.compile(r'"([^"]*(?:""[^"]*)*)"(?!")')
_PLAIN = re.compile(r'[^",]*(?:"[",][^",]*)*')
_ESCAPED = re.compile(r'"([",])')
_BYTE_ORDER_MARK = "\ufeff"
_SEPARATORS = "\u2028\u2029\x85"
_BEHIND_SEPARATOR = re.compile(f"(?<=[{_SEPARATORS}])")


class CsvRow(NamedTuple):
    """One row, and the line that it begins in, counted from 1."""

    line: int
    cells: list[str]
    fault: str = ""
    """Why it is none; it has no cells then."""


def csv_rows(text: TextIO) -> Iterator[CsvRow]:
    """The rows of a text that was opened with ``newline=""``; blank lines are none."""
    return _Rows(text).all()


class _Rows:
    def __init__(self, text: TextIO) -> None:
        self._lines = _lines(text)
        self._again: deque[tuple[int, str]] = deque()
        """What was read for the end of a quote that has none."""

    def all(self) -> Iterator[CsvRow]:
        while found := self._next_line():
            number, line = found
            row = _without_end(line)
            if not row:
                continue
            cells = _cells(row)
            if cells is None:
                cells = self._cells_of_lines(line)
            yield CsvRow(number, [], cells) if isinstance(cells, str) else CsvRow(number, cells)

    def _next_line(self) -> tuple[int, str] | None:
        return self._again.popleft() if self._again else next(self._lines, None)

    def _cells_of_lines(self, line: str) -> list[str] | str:
        """The cells of a row that goes on behind its first line. A quote without an end spoils that line alone."""
        taken: deque[tuple[int, str]] = deque()
        row = line
        while len(row) < LONGEST_QUOTE and (found := self._next_line()):
            taken.append(found)
            row += found[1]
            if '"' in found[1] and (cells := _cells(_without_end(row))) is not None:
                return cells
        self._again.extendleft(reversed(taken))
        return "a quote is not closed"


def _cells(row: str) -> list[str] | str | None:
    """The cells of a row; why it is none; or None where it goes on in the next line."""
    quotes = row.count('"')
    if not quotes:
        return row.split(",") if len(row) < LONGEST_LINE else "a line too long to be a row"
    if row[0] == row[-1] == '"':
        cells = row[1:-1].split('","')
        if quotes == 2 * len(cells):  # no others than those around the cells
            return cells
    return _cells_one_by_one(row)


def _cells_one_by_one(row: str) -> list[str] | str | None:
    cells: list[str] = []
    place = 0
    while True:
        if row.startswith('"', place):
            found = _QUOTED.match(row, place)
            if found is None:
                return None
            cells.append(found[1].replace('""', '"'))
        else:
            found = _PLAIN.match(row, place)
            assert found is not None  # it matches nothing as well
            cells.append(_ESCAPED.sub(r"\1", found[0]))
        place = found.end()
        if place == len(row):
            return cells
        if row[place] != ",":
            return _fault(found[0])
        place += 1


def _fault(before: str) -> str:
    """What is wrong where something else than a comma follows the beginning of a cell."""
    if before.startswith('"'):
        return "a cell goes on behind its closing quote"
    return "a space before a quote" if before.isspace() else "a quote within a cell that does not begin with one"


def _lines(text: TextIO) -> Iterator[tuple[int, str]]:
    """Lines with their ends and their numbers; of one that is too long, what is enough to see that."""
    number = 0
    while line := text.readline(LONGEST_LINE):
        number += 1
        if line.isascii():
            yield number, line
        else:
            yield from ((number, part) for part in _BEHIND_SEPARATOR.split(line.removeprefix(_BYTE_ORDER_MARK)) if part)
        while len(line) == LONGEST_LINE and line[-1] not in "\r\n":
            line = text.readline(LONGEST_LINE)


def _without_end(row: str) -> str:
    if row.endswith("\r\n"):
        return row[:-2]
    return row[:-1] if row[-1] in "\r\n" or row[-1] in _SEPARATORS else row

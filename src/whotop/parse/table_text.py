"""The text of a table: CSV in any encoding, with whatever stands between its cells, read in pieces."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain

from whotop.errors import BadRowError, InputError
from whotop.parse.event_row import TableForm
from whotop.parse.pieces import PiecesFile

DELIMITERS = ",;\t|"
LONGEST_LINE = 4 * 1024 * 1024
"""In characters: what is longer is no table, and shall not fill our memory."""
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

Row = tuple[int, list[str]]
"""The line on which a row begins, and its cells."""


class TableText:
    """The first line of a table that is not blank, which may be its header, and the rows.

    A byte-order mark, any line ending and bytes that are not of its encoding (U+FFFD) are borne with.
    """

    def __init__(self, pieces: Iterable[bytes], *, file: str, form: TableForm) -> None:
        self._file = file
        source = io.BufferedReader(PiecesFile(pieces))
        self.encoding = form.encoding or _encoding(source.peek(4))
        text = io.TextIOWrapper(source, self.encoding, errors="replace", newline="")
        self._lines = iter(partial(text.readline, LONGEST_LINE), "")
        self.first, self.first_line = self._first()
        self.delimiter = form.delimiter or max(DELIMITERS, key=self.first.count)

    def first_cells(self) -> list[str]:
        """The cells of the first line. Raises InputError."""
        try:
            return next(csv.reader([self.first], delimiter=self.delimiter, skipinitialspace=True), [])
        except csv.Error as error:  # a cell of more than 128 KB: a file that has no lines
            raise InputError(f"this is no CSV: {error}", file=self._file, line=self.first_line) from None

    def rows(self) -> Iterator[Row]:
        """Each row that is not blank. Raises BadRowError."""
        return self._rows(chain([self.first], self._lines), self.first_line)

    def rows_below(self) -> Iterator[Row]:
        """The same without the first line. Raises BadRowError."""
        return self._rows(self._lines, self.first_line + 1)

    def _rows(self, lines: Iterator[str], first_line: int) -> Iterator[Row]:
        reader = csv.reader(lines, delimiter=self.delimiter, strict=True, skipinitialspace=True)
        line = first_line
        try:
            for row in reader:
                if row:
                    yield line, row
                line = first_line + reader.line_num
        except csv.Error as error:
            raise BadRowError(f"this is no CSV: {error}", file=self._file, line=line) from None

    def _first(self) -> tuple[str, int]:
        """The first line that is not blank, and where it stands; none at all is an empty one. Raises InputError."""
        try:
            return next(((line, number) for number, line in enumerate(self._lines, 1) if line.strip()), ("", 1))
        except UnicodeError:  # of all that read text piece by piece, UTF-16 and UTF-32 alone ask for how it begins
            name = codecs.lookup(self.encoding).name
            what = f"no byte-order mark of {name} is there: say --encoding {name}-le, {name}-be, or what else it is"
            raise InputError(what, file=self._file) from None


def _encoding(beginning: bytes) -> str:
    return next((encoding for mark, encoding in _MARKS if beginning.startswith(mark)), "utf-8")

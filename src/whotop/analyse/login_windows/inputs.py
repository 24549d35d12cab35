"""The files that are asked about, each brought into the table of logins.

DuckDB reads them. Where it refuses one, or a row of it is no login, or it may take something otherwise
than the older analyser did, the file is read once more row by row: slowly, but knowing the line of
every fault.
"""

from __future__ import annotations

import contextlib
import errno
import glob
import io
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO, TextIO

import duckdb

from whotop.analyse.login_windows import file_tables, statements
from whotop.analyse.login_windows.careful_rows import Row, careful_rows, first_row, is_header, write_clean
from whotop.analyse.login_windows.engine import Engine
from whotop.analyse.login_windows.json_rows import json_rows
from whotop.analyse.login_windows.kinds import Form, Kind, Packing, kind_of
from whotop.analyse.login_windows.named_columns import login_columns
from whotop.analyse.opening import opened
from whotop.analyse.ownership import STANDARD_INPUT
from whotop.errors import BadRowError, InputError, WhotopError
from whotop.parse.pieces import PiecesFile

COLUMNS = ("name", "source", "time")
_FULL = (errno.ENOSPC, errno.EDQUOT)
_SPACE_BY_QUOTE = (b' "', b'" ')
_SPACE_OUTSIDE = re.compile(rb'(?<![^,\r\n]) "|" +(?:[,\r\n]|$)')
_BYTE_ORDER_MARK = "\ufeff".encode()
_ODD_TEXTS = (*map(str.encode, ("\u2028", "\u2029", "\x85")), _BYTE_ORDER_MARK)
"""Unicode's separators of lines; and the mark, where it does not begin the file."""

RowsOf = Callable[[TextIO, str, Callable[[BadRowError], None]], Iterator[Row]]


class Inputs:
    """Reads one file after the other into the table of logins."""

    def __init__(self, engine: Engine, folder: Path, *, skips_bad_rows: bool) -> None:
        self._engine, self._folder, self._skips_bad_rows = engine, folder, skips_bad_rows
        self.bad_rows = 0

    def read(self, named: Sequence[str]) -> None:
        """Read all files that are named; raises InputError for one that cannot be, or with a bad row."""
        self._engine.run("", statements.LOGINS)
        for path, name, kind in [(path, name, _checked(path, name)) for path, name in self._found(named)]:
            self._read(path, name, kind)

    def read_instants(self, path: Path) -> None:
        """Read a file of name, source and µs since 1970 UTC."""
        self._engine.run("", statements.LOGINS)
        self._engine.run("reading", statements.add_instants(path))

    def _found(self, named: Sequence[str]) -> list[tuple[Path, str]]:
        found: list[tuple[Path, str]] = []
        for name in named:
            if not name:
                raise InputError("the name of a file is empty")
            if name == STANDARD_INPUT:
                found.append((self._spooled(sys.stdin.buffer, len(found)), "standard input"))
            elif Path(name).is_fifo() or (Path(name).is_file() and not is_utf8(name)):
                with Path(name).open("rb") as pipe:
                    found.append((self._spooled(pipe, len(found)), name))
            elif Path(name).exists() or not glob.has_magic(name):
                found.append((Path(name), name))
            else:
                matching = sorted(glob.glob(name, recursive=True))  # noqa: PTH207
                if not matching:
                    raise InputError("no file of that name", file=name)
                found += [(Path(one), one) for one in matching]
        return found

    def _spooled(self, pipe: BinaryIO, number: int) -> Path:
        """As a file what can be read once alone, or has a name that DuckDB cannot be told."""
        path = self._folder / f"input{number}"
        try:
            with path.open("wb") as file:
                shutil.copyfileobj(pipe, file)
        except OSError as error:
            raise WhotopError(f"{tempfile.gettempdir()}: no room to keep the input in: {error.strerror}") from None
        return path

    def _read(self, path: Path, name: str, kind: Kind) -> None:
        match kind.form:
            case Form.PARQUET:
                self._read_parquet(path, name)
            case Form.JSON:
                if not self._takes_json(path, name, kind):
                    self._read_carefully(path, name, json_rows)
            case Form.CSV:
                if not self._takes_csv(path, name, kind):
                    self._read_carefully(path, name, careful_rows)

    def _read_parquet(self, path: Path, name: str) -> None:
        rows = f"read_parquet({file_tables.file(path)}, hive_partitioning = false)"
        try:
            types = {str(column): str(kind) for column, kind, *_ in self._engine.run("", statements.describe(rows))}
        except duckdb.Error as error:
            raise InputError(f"cannot be read: {str(error).splitlines()[0]}", file=name) from None
        columns = login_columns(list(types), name)
        if types[columns.time] == "TIMESTAMP WITH TIME ZONE":
            raise InputError(f"{columns.time} has a time zone: write it as local time", file=name)
        self._take(name, statements.three_columns(rows, types, *columns), statements.FINER_FORM)
        bad = self._bad_rows()
        if bad and not self._skips_bad_rows:
            raise BadRowError(f"{bad:,} rows without a time yyyy-MM-dd HH:mm:ss", file=name)
        self.bad_rows += bad
        self._engine.run("", statements.DROP_BAD)

    def _takes_json(self, path: Path, name: str, kind: Kind) -> bool:
        """Whether DuckDB could read the file whole; values as they are written, whatever they look like."""
        if kind.packing is Packing.OTHER:
            return False
        how = f"{file_tables.file(path)}, compression = '{kind.packing}', hive_partitioning = false"
        try:
            found = self._engine.run("", statements.describe(f"read_json({how})"))
            columns = login_columns([str(column) for column, *_ in found], name)
            types = dict.fromkeys(columns, "VARCHAR")
            listed = ", ".join(f"{file_tables.literal(column)}: 'VARCHAR'" for column in columns)
            rows = f"read_json({how}, columns = {{{listed}}})"
        except duckdb.Error:
            return False
        return self._takes(name, statements.three_columns(rows, types, *columns), statements.FINER_FORM)

    def _takes_csv(self, path: Path, name: str, kind: Kind) -> bool:
        """Whether DuckDB could read the file whole, and as the older analyser did."""
        has_doubts = partial(is_doubtful, path, name)
        if kind.packing is Packing.OTHER:
            has_doubts()  # finds what is broken before its rows are judged
            return False
        return self._takes(name, _csv(path, name, kind), has_doubts=has_doubts)

    def _takes(
        self, name: str, rows: str, form: str = statements.FORM, has_doubts: Callable[[], bool] = lambda: False
    ) -> bool:
        """Whether all rows are logins, and nobody, looking meanwhile, has doubts; if not, none is taken."""
        before = self._end()
        with contextlib.suppress(duckdb.Error):
            with self._engine.started(_reading(name), statements.add_logins(rows, form)) as running:
                is_clear = not has_doubts()
                running.rows()
            if is_clear and not self._bad_rows():
                return True
        self._engine.run("", statements.drop_from(before))
        return False

    def _take(self, name: str, rows: str, form: str) -> None:
        self._engine.run(_reading(name), statements.add_logins(rows, form))

    def _end(self) -> int:
        return int(self._engine.run("", statements.END)[0][0])

    def _bad_rows(self) -> int:
        return int(self._engine.run("", statements.BAD)[0][0])

    def _read_carefully(self, path: Path, name: str, rows_of: RowsOf) -> None:
        clean = self._folder / "clean.csv"
        with _text(path, name) as text:
            count = _written(rows_of(text, name, self._bad_row), clean)
        if count:
            rows = file_tables.csv_file(clean, COLUMNS, "new_line = '\\n'")
            self._take(name, rows, statements.FINER_FORM)
        clean.unlink()

    def _bad_row(self, fault: BadRowError) -> None:
        if not self._skips_bad_rows:
            raise fault
        self.bad_rows += 1


def _written(rows: Iterator[Row], clean: Path) -> int:
    """Write rows, and count them. Raises WhotopError where the folder of temporary files is full."""
    try:
        return write_clean(rows, clean)
    except OSError as error:
        if error.errno in _FULL:  # no reading says so
            raise WhotopError(f"{tempfile.gettempdir()}: {error.strerror}") from None
        raise


def _reading(name: str) -> str:
    return f"reading {Path(name).name}"


def is_utf8(name: str) -> bool:
    """Whether a file's name is text; on Unix it may be any bytes."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _checked(path: Path, name: str) -> Kind:
    """Find what is wrong with a file before any work is done on another."""
    try:
        if path.is_char_device() or path.is_block_device():
            raise InputError("is a device, and no file of logins", file=name)
        return kind_of(path, name)
    except (OSError, RuntimeError) as error:  # RuntimeError: links that lead to each other
        raise InputError(getattr(error, "strerror", None) or str(error), file=name) from None


def _csv(path: Path, name: str, kind: Kind) -> str:
    """A CSV file as DuckDB is to read it: with as many columns as its first row has.

    A quote that a cell still holds may be one that the older analyser took otherwise, or not at all:
    such a row has no time, and the file is read with care.
    """
    with _text(path, name) as text:
        row = first_row(text)
    columns = [*COLUMNS, *(f"further{number}" for number in range(len(row) - len(COLUMNS)))]
    rows = file_tables.csv_file(path, columns, f"header = {is_header(row)}, compression = '{kind.packing}'")
    return statements.without_quotes(rows, columns)


@contextlib.contextmanager
def _text(path: Path, name: str) -> Iterator[TextIO]:
    """A file, unpacked, as text. Raises InputError, with its ``name``, where it cannot be read."""
    with opened(str(path), name) as file:
        pieces = PiecesFile(file.pieces())
        yield io.TextIOWrapper(io.BufferedReader(pieces), encoding="utf-8-sig", errors="replace", newline="")


def is_doubtful(path: Path, name: str) -> bool:
    """Whether DuckDB may overlook something: a space around quotes, or a line that ends unusually.

    Found at 2 GB a second where nothing is packed, piece by piece: a file that is mapped whole counts
    as resident memory, however large it is. Raises InputError, with its ``name``, where it cannot be read.
    """
    kept = len(_BYTE_ORDER_MARK) - 1
    with opened(str(path), name) as file:
        end = file.beginning(len(_BYTE_ORDER_MARK)).removeprefix(_BYTE_ORDER_MARK)
        for piece in file.pieces():
            if _is_odd(piece) or _is_odd(end + piece[:kept]):
                return True
            end = piece[-kept:]
    return _is_odd(end)


def _is_odd(piece: bytes) -> bool:
    if any(pair in piece for pair in _SPACE_BY_QUOTE) and _SPACE_OUTSIDE.search(piece):
        return True
    return not piece.isascii() and any(odd in piece for odd in _ODD_TEXTS)

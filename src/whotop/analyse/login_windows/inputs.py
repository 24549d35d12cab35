"""The files that are asked about, each brought into the table of logins.

A CSV file is read by DuckDB. Where that refuses it, or a row of it is no login, it is read once more
row by row: slowly, but knowing the line of every fault.
"""

from __future__ import annotations

import bz2
import glob
import gzip
import lzma
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, BinaryIO, TextIO, cast

import duckdb

from whotop.analyse.login_windows import statements
from whotop.analyse.login_windows.careful_rows import careful_rows, first_row, is_header, write_clean
from whotop.analyse.login_windows.engine import Engine
from whotop.errors import BadRowError, InputError

STANDARD_INPUT = "-"
COLUMNS = ("name", "source", "time")
OWN_READERS = {".parquet": "read_parquet", ".jsonl": "read_json", ".ndjson": "read_json", ".json": "read_json"}
"""By the file's ending; their columns are found by name, else by place."""
NAMES = {
    "name": ("user", "name", "login", "username"),
    "source": ("ip", "source", "from", "address", "ip address"),
    "time": ("date", "time", "timestamp"),
}
_PACKED: dict[str, Callable[..., Any]] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
_READ_BY_DUCKDB = ".gz"
_DOUBTFUL = b', "'
_PIECE_BYTES = 4 * 1024 * 1024


class Inputs:
    """Reads one file after the other into the table of logins."""

    def __init__(self, engine: Engine, folder: Path, *, skips_bad_rows: bool) -> None:
        self._engine, self._folder, self._skips_bad_rows = engine, folder, skips_bad_rows
        self.bad_rows = 0

    def read(self, named: Sequence[str]) -> None:
        """Read all files that are named; raises InputError for one that cannot be, or with a bad row."""
        self._engine.run("", statements.LOGINS)
        for path, name in self._found(named):
            self._read(path, name)

    def read_instants(self, path: Path) -> None:
        """Read a file of name, source and µs since 1970 UTC."""
        self._engine.run("", statements.LOGINS)
        self._engine.run("reading", statements.add_instants(str(path)))

    def _found(self, named: Sequence[str]) -> list[tuple[Path, str]]:
        found: list[tuple[Path, str]] = []
        for name in named:
            if name == STANDARD_INPUT:
                found.append((self._spooled(sys.stdin.buffer, len(found)), "standard input"))
            elif Path(name).is_fifo():
                with Path(name).open("rb") as pipe:
                    found.append((self._spooled(pipe, len(found)), name))
            elif Path(name).exists() or not glob.has_magic(name):
                found.append((Path(name), name))
            else:
                found += [(Path(one), one) for one in sorted(glob.glob(name, recursive=True))]  # noqa: PTH207
        if not found:
            raise InputError("no file of that name", file=" ".join(named))
        for path, name in found:
            _check(path, name)
        return found

    def _spooled(self, pipe: BinaryIO, number: int) -> Path:
        """What can be read once alone, as a file."""
        path = self._folder / f"input{number}.csv"
        try:
            with path.open("wb") as file:
                shutil.copyfileobj(pipe, file)
        except OSError as error:
            raise InputError(
                f"no room to keep a pipe's input in: {error.strerror}", file=tempfile.gettempdir()
            ) from None
        return path

    def _read(self, path: Path, name: str) -> None:
        ending = path.suffix.lower()
        if ending in OWN_READERS:
            rows = self._by_own_reader(path, name, OWN_READERS[ending])
            self._take(name, rows, statements.MICROSECONDS_BYTES)
            self._settle_bad(name)
            return
        before = self._end()
        if ending in _PACKED and ending != _READ_BY_DUCKDB:
            self._read_carefully(path, name)
            return
        try:
            self._take(name, _csv(path))
        except duckdb.Error:
            pass
        else:
            if not self._bad_rows() and not has_doubtful_quotes(path):
                return
        self._engine.run("", statements.drop_from(before))
        self._read_carefully(path, name)

    def _take(self, name: str, rows: str, longest_bytes: int = statements.WHOLE_SECONDS_BYTES) -> None:
        self._engine.run(f"reading {Path(name).name}", statements.add_logins(rows, longest_bytes))

    def _end(self) -> int:
        return int(self._engine.run("", statements.END)[0][0])

    def _bad_rows(self) -> int:
        return int(self._engine.run("", statements.BAD)[0][0])

    def _read_carefully(self, path: Path, name: str) -> None:
        clean = self._folder / "clean.csv"
        try:
            with _text(path) as text:
                count = write_clean(careful_rows(text, name, self._bad_row), clean)
        except (EOFError, OSError, lzma.LZMAError) as error:
            raise InputError(f"cannot be read: {error}", file=name) from None
        if count:
            self._take(name, _csv_of_three(clean, header=False, quoted=True))
        clean.unlink()

    def _bad_row(self, fault: BadRowError) -> None:
        if not self._skips_bad_rows:
            raise fault
        self.bad_rows += 1

    def _settle_bad(self, name: str) -> None:
        bad = self._bad_rows()
        if bad and not self._skips_bad_rows:
            raise BadRowError(f"{bad:,} rows without a time yyyy-MM-dd HH:mm:ss", file=name)
        self.bad_rows += bad
        self._engine.run("", statements.DROP_BAD)

    def _by_own_reader(self, path: Path, name: str, reader: str) -> str:
        rows = f"{reader}({statements.literal(str(path))})"
        try:
            columns = [str(row[0]) for row in self._engine.run("", statements.describe(rows))]
        except duckdb.Error as error:
            raise InputError(f"cannot be read: {str(error).splitlines()[0]}", file=name) from None
        wanted = [_column(columns, wanted, place, name) for place, wanted in enumerate(COLUMNS)]
        return statements.three_columns(rows, *wanted)


def _column(columns: list[str], wanted: str, place: int, name: str) -> str:
    by_name = [column for column in columns if column.lower() in NAMES[wanted]]
    if by_name:
        return by_name[0]
    if len(columns) >= len(COLUMNS):
        return columns[place]
    raise InputError(f"no column for the {wanted} (one of {', '.join(NAMES[wanted])})", file=name)


def _check(path: Path, name: str) -> None:
    """Find what is wrong with a file before any work is done on another."""
    try:
        is_device = path.is_char_device() or path.is_block_device()
        if not is_device:
            with path.open("rb"):
                pass
    except (OSError, RuntimeError) as error:  # RuntimeError: links that lead to each other
        raise InputError(getattr(error, "strerror", None) or str(error), file=name) from None
    if is_device:
        raise InputError("is a device, and no file of logins", file=name)


def _csv(path: Path) -> str:
    """A CSV file as DuckDB is to read it: with as many columns as its first row has."""
    row = first_row(path) if path.suffix.lower() != ".gz" else _first_packed_row(path)
    return _csv_of_three(path, header=is_header(row), quoted=False, further=max(len(row) - len(COLUMNS), 0))


def _csv_of_three(path: Path, *, header: bool, quoted: bool, further: int = 0) -> str:
    columns = [*COLUMNS, *(f"further{number}" for number in range(further))]
    types = ", ".join(f"'{column}': 'VARCHAR'" for column in columns)
    newline = ", new_line = '\\n'" if quoted else ""
    return f"""read_csv({statements.literal(str(path))}, auto_detect = false, header = {header}, delim = ',',
        quote = '"', escape = '"', nullstr = '\x01', max_line_size = 4194304, columns = {{{types}}}{newline})"""


def _first_packed_row(path: Path) -> list[str]:
    try:
        with _text(path) as text:
            return next((line.rstrip("\r\n").split(",") for line in text if line.strip()), [])
    except (EOFError, OSError):
        return []


def _text(path: Path) -> TextIO:
    unpack = _PACKED.get(path.suffix.lower(), open)
    return cast("TextIO", unpack(path, "rt", encoding="utf-8-sig", errors="replace", newline=""))


def has_doubtful_quotes(path: Path) -> bool:
    """Whether a space stands before a quote somewhere, which DuckDB overlooks: at 2 GB a second.

    Piece by piece: a file that is mapped whole counts as resident memory, however large it is.
    """
    if path.suffix.lower() == ".gz" or not path.is_file():
        return False
    kept = len(_DOUBTFUL) - 1
    with path.open("rb") as file:
        end = b""
        while piece := file.read(_PIECE_BYTES):
            if _DOUBTFUL in piece or _DOUBTFUL in end + piece[:kept]:
                return True
            end = piece[-kept:]
    return False

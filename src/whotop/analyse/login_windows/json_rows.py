"""Logins of lines of JSON one by one, with their lines: for files in which DuckDB finds a fault."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, TextIO

from whotop.analyse.login_windows.careful_rows import Row, is_time
from whotop.analyse.login_windows.csv_rows import LONGEST_LINE
from whotop.analyse.login_windows.named_columns import LoginColumns, login_columns
from whotop.errors import BadRowError

_FRACTION = re.compile(r"\.\d{1,6}")


def json_rows(text: TextIO, file: str, on_bad_row: Callable[[BadRowError], None]) -> Iterator[Row]:
    """Give the logins of a file; each line that is none goes to ``on_bad_row``, which may raise it.

    The first object says what the columns are. Raises InputError where they are none of a login's.
    """
    columns: LoginColumns | None = None
    number = 0
    while line := text.readline(LONGEST_LINE):
        number += 1
        found = _object(line)
        if found is None:
            if line.strip():
                on_bad_row(BadRowError("no object of JSON in one line", file=file, line=number))
            continue
        columns = columns or login_columns(list(found), file)
        name, source, time = (_shown(found.get(column)) for column in columns)
        time = time.replace("T", " ")
        if is_time(_FRACTION.sub("", time, count=1)):
            yield name, source, time
        else:
            on_bad_row(BadRowError(f"{time[:40]!r} is no time yyyy-MM-dd HH:mm:ss", file=file, line=number))


def _object(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _shown(value: object) -> str:
    """A value as its file has it: numbers came as texts."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))

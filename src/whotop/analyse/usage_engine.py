"""A large table of logins read by DuckDB: which users there were on which day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TypeAlias

import duckdb

from whotop.analyse.login_windows.engine import Engine, engine
from whotop.analyse.login_windows.file_tables import csv_file, identifier, literal
from whotop.analyse.login_windows.inputs import is_doubtful
from whotop.analyse.progress import Progress
from whotop.parse.login_table import TableShape

MEMORY_BYTES = 2 * 1024**3
ROWS_AT_ONCE = 10_000

Take: TypeAlias = Callable[[date, str, int], None]

_TIME = "[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,6})?"
"""The only form in which a time is read here: local, to the second. DuckDB's own cast takes many more."""


def read_table_days(path: Path, shape: TableShape, take: Take, progress: Progress) -> bool:
    """Give ``take`` day, user and number of logins; false, and nothing taken, where a row is not plain enough."""
    if shape.encoding not in ("utf-8", "utf-8-sig") or is_doubtful(path, path.name):
        return False
    with engine(MEMORY_BYTES, progress) as running:
        try:
            running.run(f"reading {path.name}", _count(path, shape))
        except duckdb.Error:
            return False
        if running.run("", "SELECT count(*) FROM counts WHERE day IS NULL")[0][0]:
            return False
        for day, user, logins in _rows(running):
            take(day, user, logins)
    return True


def _rows(running: Engine) -> Iterator[tuple[date, str, int]]:
    found = running.connection.execute("SELECT day, user, logins FROM counts ORDER BY day")
    while page := found.fetchmany(ROWS_AT_ONCE):
        yield from page


def _count(path: Path, shape: TableShape) -> str:
    columns = [f"c{place}" for place in range(shape.width)]
    rows = csv_file(path, columns, f"skip = {shape.header_lines}, delim = {literal(shape.delimiter)}")
    found = shape.columns
    time = f"trim({identifier(columns[found.time])})"
    is_plain = f"regexp_full_match({time}, {literal(_TIME)}) AND {time} BETWEEN '1678' AND '2262'"
    kind = "" if found.type is None else f"WHERE lower(trim({identifier(columns[found.type])})) = 'login'"
    return f"""
        CREATE TABLE counts AS
        SELECT
            CASE WHEN {is_plain} THEN try_cast({time} AS TIMESTAMP) END::DATE AS day,
            ltrim({identifier(columns[found.user])}) AS user,
            count(*) AS logins
        FROM {rows}
        {kind}
        GROUP BY ALL
    """  # noqa: S608 - SQL alone; every value in it is ours or quoted

"""Logins of a CSV file one by one, with their lines: for files that are read neither quickly nor without doubt.

The older analyser's rules: its CSV (``csv_rows``), three columns or more of which the first three
count. Better than it: blank lines are skipped, a first row whose time holds no digit is a header, and
what is no UTF-8 is replaced as it did itself.
"""

from __future__ import annotations

import csv
import re
import sys
from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TextIO

from whotop.analyse.login_windows.csv_rows import csv_rows
from whotop.errors import BadRowError

Row = tuple[str, str, str]
"""Name, source, time."""

_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)", re.ASCII)


def careful_rows(text: TextIO, file: str, on_bad_row: Callable[[BadRowError], None]) -> Iterator[Row]:
    """Give the logins of a file; each row that is none goes to ``on_bad_row``, which may raise it."""
    is_first = True
    for row in csv_rows(text):
        fault = row.fault or fault_of(row.cells)
        if not fault:
            yield row.cells[0], row.cells[1], row.cells[2]
        elif not (is_first and is_header(row.cells)):
            on_bad_row(BadRowError(fault, file=file, line=row.line))
        is_first = False


def is_header(row: list[str]) -> bool:
    """Whether a first row names the columns: no digit where the time should be."""
    return len(row) > 2 and not any(map(str.isdigit, row[2]))


def fault_of(row: list[str]) -> str:
    """What is wrong with a row; empty if nothing is."""
    if len(row) < 3:
        return f"{len(row)} of the 3 columns login, ip, date"
    if not is_time(row[2]):
        return f"{row[2][:40]!r} is no time yyyy-MM-dd HH:mm:ss"
    return ""


def is_time(text: str) -> bool:
    """Whether the older analyser would read it: any day up to the 31st, and 24:00:00."""
    return _parts_of(text) is not None


def moment_of(text: str) -> datetime | None:
    """The local time that it would read: 30 February is that month's last day, 24:00:00 the next day's beginning."""
    parts = _parts_of(text)
    if parts is None:
        return None
    year, month, day, hour, minute, second = parts
    midnight = datetime(year, month, min(day, monthrange(year, month)[1]))  # noqa: DTZ001  a local time
    try:
        return midnight + timedelta(hours=hour, minutes=minute, seconds=second)
    except OverflowError:  # 24:00:00 of the last day that there is
        return None


def _parts_of(text: str) -> list[int] | None:
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    parts = list(map(int, found.groups()))
    year, month, day, hour, minute, second = parts
    is_midnight = (hour, minute, second) == (24, 0, 0)
    within = hour < 24 and minute < 60 and second < 60
    return parts if year > 0 and 1 <= month <= 12 and 1 <= day <= 31 and (within or is_midnight) else None


def first_row(text: TextIO) -> list[str]:
    """The first row of a file that is not blank; empty where there is none or it cannot be read as one."""
    return next((row.cells for row in csv_rows(text)), [])


def write_clean(rows: Iterator[Row], path: Path) -> int:
    """Write rows as a file that needs no care, and count them."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for count, row in enumerate(rows, 1):  # noqa: B007  the count is what is wanted of the last one
            writer.writerow([sys.intern(cell) if len(cell) < 16 else cell for cell in row])
    return count

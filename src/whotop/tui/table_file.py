"""A table written to a file as it stands on the screen."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Sequence
from datetime import tzinfo
from pathlib import Path

from whotop.tui.views.times import local

_UNFIT_FOR_A_FILE_NAME = re.compile(r"[^A-Za-z0-9._-]+")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""What a spreadsheet would run, the full-width forms too (OWASP, CSV injection)."""


def write_table(folder: Path, name: str, rows: Sequence[Sequence[str]], now_us: int, zone: tzinfo) -> Path:
    """Write ``rows`` (titles first) as CSV (RFC 4180) and return where. Raises OSError.

    The name carries the time; a file of that name is never overwritten, and readable by its owner alone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{_UNFIT_FOR_A_FILE_NAME.sub('_', name)[:80]}-{local(now_us, zone):%Y%m%d-%H%M%S}"
    path, descriptor = _create(folder, stem)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
        file.write(as_csv(rows))
    return path


def as_csv(rows: Sequence[Sequence[str]]) -> str:
    """CSV in which no cell is a formula."""
    text = io.StringIO()
    csv.writer(text).writerows([[_guarded(cell) for cell in row] for row in rows])
    return text.getvalue()


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell


def _create(folder: Path, stem: str) -> tuple[Path, int]:
    for number in range(1, 1000):
        path = folder / (f"{stem}.csv" if number == 1 else f"{stem}-{number}.csv")
        try:
            return path, os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        except FileExistsError:
            continue
    raise FileExistsError(17, "a thousand tables of this second are there already", str(folder))

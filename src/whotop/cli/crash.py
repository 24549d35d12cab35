"""What is left when the screen ends by a fault of its own: one line for the reader, a file for whoever mends it."""

from __future__ import annotations

import os
import traceback
from pathlib import Path

from whotop import __version__
from whotop.errors import WhotopError

FILE_NAME = "crash.txt"


class ScreenError(WhotopError):
    """The screen ended by a fault of its own."""


def crash_of(error: BaseException, folder: Path | None) -> ScreenError:
    """The error that tells of ``error``, whose traceback is left in ``folder`` (None: nowhere).

    Values of variables are in neither: they may be passwords, or what machines sent.
    """
    kept = traceback.extract_tb(error.__traceback__)
    where = f" in {Path(kept[-1].filename).name}, line {kept[-1].lineno}" if kept else ""
    lines = [f"whotop {__version__}: {type(error).__name__}\n", *traceback.format_list(kept)]
    left = "" if folder is None else _left(folder / FILE_NAME, lines)
    return ScreenError(f"the screen failed: {type(error).__name__}{where}{left}")


def _left(file: Path, lines: list[str]) -> str:
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "w") as opened:
            opened.writelines(lines)
    except OSError:
        return ""
    return f"; please report it with {file}"

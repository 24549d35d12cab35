"""Writes a file that a report or a chart is left in."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from whotop.config.places import at_home
from whotop.errors import WhotopError


def write_file(path: str | Path, content: bytes) -> Path:
    """Write it, readable by its owner alone; returns where.

    A regular file appears whole or not at all. Raises WhotopError where it cannot be written.
    """
    target = at_home(path).resolve()
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(content)  # a terminal, a pipe: nothing to replace
        else:
            _replace(target, content)
    except OSError as error:
        raise WhotopError(f"{path}: the report cannot be written: {error.strerror or error}") from error
    return target


def _replace(target: Path, content: bytes) -> None:
    # mkstemp makes the file with mode 0600.
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise

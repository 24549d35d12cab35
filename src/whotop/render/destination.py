"""Whether a report can be written to a file: asked before minutes of polling, not after."""

from __future__ import annotations

import os
from pathlib import Path

from whotop.config.places import at_home
from whotop.errors import UsageError
from whotop.render.formats import Format, format_of


def check_destination(file: str | Path, wanted: Format | None = None) -> None:
    """Raise UsageError for a place where no file can be made, and for an ending that names no format.

    The ending does not matter where the format is named.
    """
    if wanted is None:
        format_of(file)
    check_place(file)


def check_place(file: str | Path) -> None:
    """Raise UsageError for a place where no file can be made."""
    target = at_home(file).absolute()
    folder = target.parent
    if target.is_dir():
        raise UsageError(f"{file}: this is a folder (name a file in it)")
    if not folder.is_dir():
        raise UsageError(f"{file}: there is no folder {folder} (make it, or name another file)")
    is_device = target.exists() and not target.is_file()
    if not os.access(target if is_device else folder, os.W_OK):
        raise UsageError(f"{file}: {folder} cannot be written to (name another file)")

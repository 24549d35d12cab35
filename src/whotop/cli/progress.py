"""A bar on standard error for what takes long; gone when it is done."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

from whotop.analyse.progress import Progress, unseen


@contextlib.contextmanager
def shown_progress() -> Iterator[Progress]:
    """What to tell of how far it is; nobody sees it where standard error is no terminal."""
    if not sys.stderr.isatty():
        yield unseen
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Bars(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=1.0)

        def progress(what: str, share: float) -> None:
            if what:
                bar.update(task, description=what, completed=share)

        yield progress

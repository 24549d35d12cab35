"""A bar on standard error for what takes long; gone when it is done."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def shown_progress() -> Iterator[Callable[[str, float], None]]:
    """Show how far it is: call what you get with what is being done and how much of it is, from 0 to 1."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=1.0)

        def progress(what: str, share: float) -> None:
            if what:
                bar.update(task, description=what, completed=share)

        yield progress

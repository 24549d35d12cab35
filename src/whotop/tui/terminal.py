"""The terminal, which may go away at any moment: its window is closed, or the connection to it is lost."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any, TextIO, cast

from textual.app import App
from textual.drivers.linux_driver import LinuxDriver


class Outlet:
    """A file that takes everything, also when nobody is left at its end.

    Textual's thread that writes to the terminal ends at the first failure; whoever then writes
    waits for room in that thread's queue for ever, and so would the whole of whotop while it leaves.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.fileno = file.fileno

    def write(self, text: str) -> None:
        """Write, or not."""
        with suppress(OSError):
            self._file.write(text)

    def flush(self) -> None:
        """Send what was written, or not."""
        with suppress(OSError):
            self._file.flush()


class Terminal(LinuxDriver):
    """Textual's, for a terminal that is lost: the kernel then sends SIGHUP, and SIGCONT beside it."""

    def __init__(
        self, app: App[object], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        if self._file is not None:
            self._file = cast("Any", Outlet(self._file))

    def _sigcont_application(self, *_: object) -> None:
        """Draw again after ``fg``; there is nothing to draw on where the terminal is gone."""
        if os.isatty(self.fileno):
            super()._sigcont_application()

"""The screen, from its first paint to the report that it leaves."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import termios
from pathlib import Path
from typing import Protocol

from whotop.cli import cycles
from whotop.cli.crash import crash_of
from whotop.cli.reports import Reports
from whotop.clock import Clock
from whotop.core.feed import Feed
from whotop.core.fleet import Fleet
from whotop.core.rules.settings import RuleSettings
from whotop.errors import ConfigError, WhotopError
from whotop.tui.app import Reload, WhotopApp
from whotop.tui.no_color import drop_empty_no_color
from whotop.tui.options import Limits, ScreenOptions

SIGNALLED = 130


class Watchable(Protocol):
    """What the screen shows: opened behind the first paint, closed at the end."""

    async def open(self) -> Feed:
        """Begin to watch."""
        ...

    async def close(self) -> None:
        """Let go of everything."""
        ...


class Screen:
    """Runs the app on the terminal, minds the signals, leaves the report."""

    def __init__(
        self,
        watch: Watchable,
        options: ScreenOptions,
        reports: Reports,
        clock: Clock,
        reload: Reload | None = None,
    ) -> None:
        drop_empty_no_color(os.environ)
        self._watch, self._reports = watch, reports
        self._gone = False
        """The terminal has hung up, or somebody wants us to end: nobody reads what we print."""
        self._signalled = False
        self._refusal: WhotopError | None = None
        """Why there is nothing to watch: a full disk under a new store, say."""
        snapshot = self._snapshot if reports.table.on_exit else None
        self._app = WhotopApp(self._open, clock=clock, options=options, snapshot=snapshot, reload=reload)

    def judged_by(self, rules: RuleSettings, limits: Limits) -> None:
        """Alerts come of these rules from now on."""
        self._app.judged_by(rules, limits)

    def run(self) -> int:
        """Show it until it is left; the exit code.

        Raises WhotopError where nothing could be watched, ScreenError where it ended by a fault of its own.
        """
        failure: BaseException | None = None
        try:
            asyncio.run(self._run())
        except Exception as error:  # reported below, once the report is left
            failure = error
        finally:
            with contextlib.suppress(OSError):
                self._reports.leave(self._app.fleet, seen=not self._gone)
        if failure := self._app.failure or failure:
            raise crash_of(failure, self._folder_of_crashes())
        if self._refusal is not None:
            raise self._refusal
        if self._signalled:
            return SIGNALLED
        return self._app.return_code or 0

    def _folder_of_crashes(self) -> Path | None:
        """Where reports go; None where there is no such place: that must not hide the crash."""
        try:
            return self._reports.folder
        except ConfigError:
            return None

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self._terminate)
        loop.add_signal_handler(signal.SIGHUP, self._hang_up)
        cleaning = asyncio.create_task(_clean_up())
        try:
            await self._app.run_async()
        finally:
            cleaning.cancel()
            await self._watch.close()

    async def _open(self) -> Feed:
        """Watch, and let no key wait for the garbage collector from now on."""
        try:
            feed = await self._watch.open()
        except WhotopError as error:
            self._refusal = error
            self._app.exit()
            raise
        cycles.briefly()
        return feed

    def _terminate(self) -> None:
        self._gone = self._signalled = True
        self._app.exit(return_code=SIGNALLED)

    def _hang_up(self) -> None:
        """SIGHUP means "read the configuration again" as long as there is a terminal."""
        try:
            termios.tcgetattr(sys.__stdin__.fileno() if sys.__stdin__ else 0)
        except (termios.error, OSError, ValueError):
            self._terminate()
            return
        self._app.action_reload()

    async def _snapshot(self, fleet: Fleet) -> Path:
        return await asyncio.to_thread(self._reports.snapshot, fleet)


async def _clean_up() -> None:
    while True:
        await asyncio.sleep(cycles.EVERYTHING_SECONDS)
        cycles.everything()

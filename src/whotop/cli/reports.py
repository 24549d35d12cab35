"""The reports that the screen leaves: on ctrl+s, on exit, on a signal and after a crash."""

from __future__ import annotations

import dataclasses
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

from msgspec.structs import replace

from whotop.clock import SECOND_US, Clock
from whotop.config.places import at_home, state_folder
from whotop.config.settings import ReportTable
from whotop.core.fleet import Fleet
from whotop.core.report import Report, report_of_fleet
from whotop.core.usage import UsageReport
from whotop.errors import ConfigError, WhotopError

_ENDINGS = {"markdown": ".md", "text": ".txt"}


@dataclass(frozen=True)
class Reports:
    """Makes reports of a fleet and puts them where the user said, or else in the state folder."""

    table: ReportTable
    zone: tzinfo
    clock: Clock
    watched_from_us: int
    usage: Callable[[], UsageReport] | None = None
    """Asks how many people used the machines lately, where the report is to say so. Raises WhotopError."""

    def of(self, fleet: Fleet) -> Report:
        """The fleet as it is now. Raises WhotopError where usage is wanted and cannot be told."""
        made_us, since_us = self.clock.now_us(), self.watched_from_us
        report = report_of_fleet(fleet, made_us=made_us, zone=self.zone, watched_from_us=since_us)
        return report if self.usage is None else replace(report, usage=self.usage())

    @property
    def folder(self) -> Path:
        """Where snapshots and tables are written. Raises ConfigError where that folder cannot be made."""
        return at_home(self.table.file).absolute().parent if self.table.file else _private(state_folder())

    def snapshot(self, fleet: Fleet) -> Path:
        """Write one now, under a name of its own; returns where. Raises WhotopError."""
        return self._snapshot(self.of(fleet))

    def _snapshot(self, report: Report) -> Path:
        from whotop.render import write_report

        moment = datetime.fromtimestamp(self.clock.now_us() / SECOND_US, self.zone)
        stem = f"{Path(self.table.file).stem or 'whotop'}-{moment:%Y-%m-%d-%H%M%S}"
        path = _taken(self.folder, stem, _ending(self.table))
        try:
            return write_report(report, path)
        except WhotopError:
            path.unlink(missing_ok=True)
            raise

    def leave(self, fleet: Fleet, *, seen: bool) -> None:
        """Leave the last one: on the terminal if somebody may read it there, and in a file.

        Without a file of the user's own, one is written only where the terminal does not show all.
        """
        if not self.table.on_exit or not fleet.machines:
            return
        from whotop.render import exit_text, write_report

        report = self._told(fleet)
        size = shutil.get_terminal_size()
        written: Path | None = None
        try:
            if self.table.file:
                written = write_report(report, self.table.file)
            elif not seen or not _fits(report, size):
                written = self._snapshot(report)
        except WhotopError as error:
            print(f"whotop: {error}", file=sys.stderr)
        if seen:
            sys.stdout.write(exit_text(report, size.lines, written, size.columns))

    def _told(self, fleet: Fleet) -> Report:
        """The last one: without usage where that cannot be told."""
        try:
            return self.of(fleet)
        except WhotopError as error:
            print(f"whotop: {error}", file=sys.stderr)
            return dataclasses.replace(self, usage=None).of(fleet)


def _ending(table: ReportTable) -> str:
    """Of a snapshot: that of its format, else that of the file which the user named."""
    if table.format:
        return _ENDINGS.get(table.format, f".{table.format}")
    return Path(table.file).suffix or ".txt"


def _fits(report: Report, size: os.terminal_size) -> bool:
    from whotop.render import exit_text

    whole = exit_text(report, 100_000, None, size.columns)
    return exit_text(report, size.lines, None, size.columns) == whole


def _taken(folder: Path, stem: str, ending: str) -> Path:
    """A new file that nobody else will write: two whotops may leave in the same second. Raises WhotopError."""
    number = 1
    while True:
        path = folder / (f"{stem}{ending}" if number == 1 else f"{stem}-{number}{ending}")
        try:
            path.touch(mode=0o600, exist_ok=False)
        except FileExistsError:
            number += 1
        except OSError as error:
            raise WhotopError(f"{path}: the report cannot be written: {error.strerror or error}") from None
        else:
            return path


def _private(folder: Path) -> Path:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        mend = "make that folder, or name a file with --report"
        raise ConfigError(f"no report can be left there: {error.strerror}", file=str(folder), mend=mend) from None
    return folder

"""``whotop report``: who is on which machine, from files of events or from one poll now."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from whotop.cli.complaints import Complaints
from whotop.cli.options import ConfigOptions, config_options
from whotop.cli.table_options import table_options
from whotop.errors import UsageError

if TYPE_CHECKING:
    from whotop.cli.prepare import Prepared
    from whotop.cli.secrets import Secrets
    from whotop.core.report import Report
    from whotop.parse.event_row import TableForm
    from whotop.render.formats import Format

FORMATS = ("text", "table", "markdown", "json", "csv", "html", "pdf")
ENDINGS = frozenset(
    (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".log", ".txt", ".gz", ".bz2", ".xz", ".zst", ".evtx", ".xml")
)
"""Of files of records; no domain of the internet is called so."""
NOT_REACHED = 3


@dataclass(frozen=True)
class Wanted:
    """What of a report is wanted, in which format, and where."""

    where: str = ""
    """A filter; empty: everything."""
    format: Format | None = None
    """As named; None: text, or as the ending of the file says."""
    output: Path | None = None
    """A file, instead of printing it."""
    copy: Path | None = None
    """A file beside what is printed; its ending names the format."""

    def check(self) -> None:
        """Raise UsageError for a filter or a file name that is wrong, before anything is polled."""
        from whotop.core.report_where import parse_where
        from whotop.render.destination import check_destination

        parse_where(self.where)
        if self.output is not None:
            check_destination(self.output, self.format)

    def print(self, made: Report) -> None:
        """Print it, or write it."""
        from whotop.core.report_where import parse_where, report_where
        from whotop.render import Format, render, write_report

        chosen = report_where(made, parse_where(self.where)) if self.where else made
        if self.output is not None:
            write_report(chosen, self.output, self.format)
        else:
            printed = render(chosen, self.format or Format.TEXT)
            sys.stdout.buffer.write(printed)
            sys.stdout.flush()  # before standard error names the machines that were not reached
            if not printed and sys.stdout.isatty():
                print(f"whotop: {'nobody is found' if self.where else 'nobody is logged in'}", file=sys.stderr)
        if self.copy is not None:
            write_report(chosen, self.copy)


@click.command()
@click.argument("what", nargs=-1, metavar="[FILE...|MACHINE...]")
@config_options
@table_options
@click.option("--at", metavar="TIME", help="Of files: as it was then. ISO, 03:12 (the latest past), or -2h.")
@click.option("--where", metavar="FILTER", default="", help="Sessions it finds: 'user:root !tag:prod'; see filter.md.")
@click.option(
    "--format",
    "wanted_format",
    type=click.Choice(FORMATS),
    help="Else text, or by the ending of FILE.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write this file instead of printing.",
)
def report(
    what: tuple[str, ...],
    chosen: ConfigOptions,
    form: TableForm | None,
    at: str | None,
    where: str,
    wanted_format: str | None,
    output: Path | None,
) -> int:
    """Say who is on which machine.

    An argument that is -, holds a /, names a file or ends as files of records do (.csv, .log, .gz…)
    is a FILE of events; any other is a MACHINE, as for watch. With no argument the configured
    machines are polled once, or else this one. Ends with 3 when a machine could not be reached.

    A FILE is a table (CSV with the columns date, type, machine, user, or JSON lines of them) or what
    systems keep and print of logins: wtmp, utmp, utmpx, wtmpdb, FreeBSD's utx.log, auth.log and
    secure, a journal in JSON or exported, .evtx and what is exported from it, and the output of
    last, who, loginctl and utmpdump; or a folder of such files. Rotated copies may be compressed.
    What cannot be read in a folder is named and passed over, and report ends with 1.
    """
    from whotop.render.formats import Format

    wanted = Wanted(where, None if wanted_format is None else Format(wanted_format), output)
    wanted.check()
    if _are_files(what):
        complaints = Complaints()
        wanted.print(_of_files(what, at, chosen, form, complaints))
        complaints.tell()
        return complaints.code
    if at is not None:
        raise UsageError("--at needs a FILE of events: a poll knows only now")
    from whotop.cli.log import start_log
    from whotop.cli.precheck import check_keys_and_passwords
    from whotop.cli.prepare import prepare
    from whotop.cli.warnings import warn_of_exposed_files

    prepared = prepare(what, chosen)
    start_log(prepared.settings, chosen)
    check_keys_and_passwords(prepared)
    warn_of_exposed_files(prepared)
    return report_machines(prepared, wanted)


def report_machines(prepared: Prepared, wanted: Wanted) -> int:
    """Poll every machine once and print; 3 when some could not be reached, which standard error names."""
    from whotop.cli.secrets import ask_secrets

    polled = poll(prepared, ask_secrets(prepared))
    wanted.print(polled)
    for machine in polled.not_reached:
        folder = f" (the folder of that name is ./{machine.name})" if Path(machine.name).is_dir() else ""
        print(f"whotop: {machine.name} not reached: {machine.reason}{folder}", file=sys.stderr)
    return NOT_REACHED if polled.not_reached else 0


def poll(prepared: Prepared, secrets: Secrets) -> Report:
    """One reading of every machine, kept nowhere."""
    import asyncio

    from whotop.cli.live import watch_settings
    from whotop.clock import SystemClock
    from whotop.collect.open_files import raise_open_file_limit
    from whotop.core.report import report_of_fleet
    from whotop.monitor.poll import poll_once

    clock = SystemClock()
    if warning := raise_open_file_limit(len(prepared.targets)):
        print(f"whotop: {warning}", file=sys.stderr)
    fleet = asyncio.run(poll_once(prepared.targets, watch_settings(prepared, secrets, store=None), clock))
    return report_of_fleet(fleet, made_us=clock.now_us(), zone=prepared.zone)


def _are_files(what: Sequence[str]) -> bool:
    """Whether the arguments are files; raises UsageError where some are and some are not."""
    files = [each for each in what if _is_file(each)]
    if files and len(files) < len(what):
        machine = next(each for each in what if each not in files)
        raise UsageError(f"{files[0]} is a file and {machine} a machine: report one kind at a time")
    return bool(files)


def _is_file(argument: str) -> bool:
    """Also one that is not there: ``evnts.csv`` is a slip of the hand, and no machine."""
    if argument in ("-", ".", "..") or "/" in argument:
        return True
    path = Path(argument)
    return path.suffix.lower() in ENDINGS or path.is_file()


def _of_files(
    what: Sequence[str], at: str | None, chosen: ConfigOptions, form: TableForm | None, complaints: Complaints
) -> Report:
    from whotop.analyse.report_files import report_files
    from whotop.cli.progress import shown_progress
    from whotop.clock import SystemClock
    from whotop.config.moments import parse_moment
    from whotop.config.zones import zone_named

    try:
        zone = zone_named(chosen.time_zone or "")
        at_us = None if at is None else parse_moment(at, SystemClock().now_us(), zone)
    except ValueError as error:
        raise UsageError(str(error)) from None
    with shown_progress() as progress:
        made, unmatched = report_files(what, at_us, zone, form=form, progress=progress, pass_over=complaints.file)
    if unmatched:
        print(f"whotop: logouts without a login: {unmatched}", file=sys.stderr)
    return made

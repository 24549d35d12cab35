"""``whotop import``: login history from files into the store."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from whotop.cli.complaints import Complaints
from whotop.cli.options import ConfigOptions
from whotop.cli.table_options import table_options

if TYPE_CHECKING:
    from whotop.analyse.progress import Progress
    from whotop.cli.prepare import Prepared
    from whotop.monitor.history_import import ImportCounts
    from whotop.parse.event_row import TableForm

FAILED = 1


@click.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--store", metavar="FILE", help="The store, instead of the usual place.")
@click.option("--machine", default="", metavar="NAME", help="Whose logs and records these are; tables name their own.")
@table_options
@click.option("-c", "--config", type=click.Path(path_type=Path), metavar="FILE", help="Configuration file.")
@click.option("--time-zone", metavar="ZONE", help="Of dates that name none, such as Europe/Berlin.")
def import_(
    files: tuple[str, ...],
    store: str | None,
    machine: str,
    form: TableForm | None,
    config: Path | None,
    time_zone: str | None,
) -> int:
    """Bring login history into the store.

    A FILE is any that report reads, or a folder such as /var/log, of which all login records with
    their rotated copies are read. What is in the store already is not added again, whether it was
    imported or seen live, and no alert comes of what is past. Rows that are wrong, and rows of other
    types than login and logout, are left out and counted. A FILE that cannot be read is named, and
    nothing of any file is kept; one of a folder is named and passed over, and import ends with 1.

    Logs, journals and tables name their machines; other records are of the --machine, of the one
    machine that the logs beside them name, or of the one that the file is named after.
    """
    from whotop.cli.precheck import store_place
    from whotop.cli.prepare import prepare
    from whotop.cli.progress import shown_progress
    from whotop.store.precheck import check_store

    prepared = prepare((), ConfigOptions(config=config, store=store, time_zone=time_zone))
    check_store(store_place(prepared))
    complaints = Complaints()
    with shown_progress() as progress:
        counts = _imported(files, prepared, machine, form, complaints, progress)
    complaints.tell()
    _tell(counts, complaints, prepared)
    return FAILED if complaints.rows and not counts.read else complaints.code


def _imported(
    files: tuple[str, ...],
    prepared: Prepared,
    machine: str,
    form: TableForm | None,
    complaints: Complaints,
    progress: Progress,
) -> ImportCounts:
    import asyncio

    from whotop.analyse.ownership import StrictOwnership
    from whotop.analyse.record_files import Reading
    from whotop.analyse.record_stream import record_stream
    from whotop.analyse.time_order import TimeOrder
    from whotop.cli.precheck import store_place
    from whotop.clock import SystemClock
    from whotop.monitor.history_import import import_into

    clock = SystemClock()
    reading = Reading(
        zone=prepared.zone,
        now_us=clock.now_us(),
        ownership=StrictOwnership(machine),
        form=form,
        refuse=complaints.row,
        other=complaints.other_row,
        pass_over=complaints.file,
        progress=progress,
    )
    with TimeOrder() as order:
        events = record_stream(files, reading, order)
        return asyncio.run(
            import_into(store_place(prepared), events, clock, lambda count: progress("Storing", count / order.count))
        )


def _tell(counts: ImportCounts, complaints: Complaints, prepared: Prepared) -> None:
    from whotop.text import counted

    others = f", {counted(complaints.other_rows, 'row')} of other types" if complaints.other_rows else ""
    print(
        f"{counts.read:,} events read, {counts.added:,} added, {counts.known:,} already there,"
        f" {complaints.rows:,} refused{others}"
    )
    if counts.unmatched_logouts:
        print(f"whotop: logouts without a login: {counts.unmatched_logouts:,}", file=sys.stderr)
    _tell_of_age(counts, prepared)


def _tell_of_age(counts: ImportCounts, prepared: Prepared) -> None:
    """The next whotop that watches deletes what is older than the store is to keep."""
    from whotop.clock import SECOND_US, SystemClock

    kept_us = round(prepared.settings.store.keep.events_seconds * SECOND_US)
    if counts.earliest_us is not None and counts.earliest_us < SystemClock().now_us() - kept_us:
        days = kept_us // (86_400 * SECOND_US)
        print(
            f"whotop: some of it is older than the {days} days that the store keeps (events in [store.keep])",
            file=sys.stderr,
        )

"""``whotop rules test``: what the rules would have told of recorded events."""

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
    from whotop.core.rehearsal import Rehearsal
    from whotop.core.rules.settings import RuleSettings
    from whotop.parse.event_row import TableForm

_PROGRESS_EVERY = 1_000


@click.command("test")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("-c", "--config", type=click.Path(path_type=Path), metavar="FILE", help="Configuration file.")
@click.option("--all", "every_rule", is_flag=True, help="Switch on every rule.")
@click.option("--time-zone", metavar="ZONE", help="Of dates that name none, and of all that is shown.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@table_options
def rules_test(
    files: tuple[str, ...],
    config: Path | None,
    every_rule: bool,
    time_zone: str | None,
    as_json: bool,
    form: TableForm | None,
) -> int:
    """Say which alerts would have been told of the events in files, when, and why.

    A FILE is any that report reads, or a folder of them. Its events are judged as if they had been
    watched: the settings are those of the configuration, and nothing is stored or sent. What cannot
    be read in a folder is named and passed over, and it ends with 1.
    """
    from whotop.cli.prepare import prepare
    from whotop.cli.progress import shown_progress
    from whotop.core.rehearsal import rules_of_events
    from whotop.render.rehearsal import rehearsal_json, rehearsal_text

    prepared = prepare((), ConfigOptions(config=config, time_zone=time_zone))
    settings = _with_every_rule(prepared.rules) if every_rule else prepared.rules
    complaints = Complaints()
    with shown_progress() as progress:
        rehearsal = _rehearsed(files, prepared, settings, form, complaints, progress)
    fired = rehearsal.finish()
    judged = rules_of_events()
    rules = {name: table.is_on_somewhere for name, table in settings.tables().items() if name in judged}
    if as_json:
        sys.stdout.buffer.write(rehearsal_json(rehearsal, fired, rules, prepared.zone))
    else:
        sys.stdout.write(rehearsal_text(rehearsal, fired, rules, prepared.zone))
        sys.stdout.flush()
    complaints.tell()
    return complaints.code


def _with_every_rule(settings: RuleSettings) -> RuleSettings:
    """All but ``travel`` where there is no database of places."""
    from msgspec.structs import replace

    tables = {name: replace(table, on=True) for name, table in settings.tables().items()}
    return replace(settings, **(tables if settings.travel.database else tables | {"travel": settings.travel}))


def _rehearsed(
    files: tuple[str, ...],
    prepared: Prepared,
    settings: RuleSettings,
    form: TableForm | None,
    complaints: Complaints,
    progress: Progress,
) -> Rehearsal:
    from whotop.analyse.record_files import Reading
    from whotop.analyse.record_stream import record_stream
    from whotop.analyse.time_order import TimeOrder
    from whotop.clock import SystemClock
    from whotop.config.geo import locate_by
    from whotop.core.rehearsal import Rehearsal
    from whotop.model import Machine

    rehearsal = Rehearsal(settings, locate_by(settings.travel, prepared.file), prepared.zone)
    rehearsal.meet(Machine(name=one.name, address=one.address, tags=one.tags) for one in prepared.targets)
    reading = Reading(
        zone=prepared.zone,
        now_us=SystemClock().now_us(),
        form=form,
        pass_over=complaints.file,
        progress=progress,
    )
    with TimeOrder() as order:
        for event in record_stream(files, reading, order):
            rehearsal.apply(event)
            if rehearsal.event_count % _PROGRESS_EVERY == 0:
                progress("Judging", rehearsal.event_count / order.count)
    return rehearsal

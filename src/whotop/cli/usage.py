"""``whotop usage``: how many people use the machines, from the store or from files."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from whotop.cli.options import ConfigOptions
from whotop.cli.table_options import table_options
from whotop.cli.usage_options import filter_options, output_options
from whotop.errors import UsageError

if TYPE_CHECKING:
    from whotop.cli.usage_output import Output
    from whotop.parse.event_row import TableForm

PARTS = ("machine", "tag", "user", "source")


def day(_context: click.Context, _option: click.Parameter, text: str | None) -> date | None:
    """A callback: the day that ``text`` says."""
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f'"{text}" is no day: write it like 2024-01-31') from None


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("--aggregate", default="w", metavar="PERIOD", help="d, w, m, q or y.  [default: w]")
@click.option("--start", callback=day, metavar="DAY", help="The first day, included; else 90 days before the end.")
@click.option("--end", callback=day, metavar="DAY", help="The last day, included; else today.")
@filter_options
@click.option("--by", type=click.Choice(PARTS), help="Told apart by this as well: a row for each.")
@click.option("--exclude-user", "excluded", multiple=True, metavar="NAME", help="This user does not count.")
@click.option("--time-zone", metavar="ZONE", help="Whose days, such as Europe/Berlin; else those of [usage].")
@output_options
@click.option("--store", metavar="FILE", help="The store, instead of the usual place.")
@click.option("-c", "--config", type=click.Path(path_type=Path), metavar="FILE", help="Configuration file.")
@table_options
def usage(
    files: tuple[str, ...],
    aggregate: str,
    start: date | None,
    end: date | None,
    where: str,
    by: str | None,
    excluded: tuple[str, ...],
    time_zone: str | None,
    shown: Output,
    store: str | None,
    config: Path | None,
    form: TableForm | None,
) -> int:
    """Count unique users per day, week, month, quarter or year.

    From the store, of the last 90 days; or from FILEs, of all their days: any CSV with a user and a
    time column (also without a header, as `windows` takes it), and all that `report` reads. A
    period is called by its last day, a week by its Sunday; one without a login is there as 0.
    `usage aggregate` records the days of the store, so that they are known for years. What cannot be
    read in a folder is named and passed over, and usage ends with 1.
    """
    from whotop.cli.complaints import Complaints
    from whotop.cli.usage_answer import Asked, answer_of_files, answer_of_store

    if files and (store is not None or config is not None):
        raise UsageError("FILEs are counted without a store and its configuration: leave out --store and --config")
    asked = Asked(
        period=aggregate,
        start=start,
        end=end,
        where=where,
        excluded=excluded,
        time_zone=time_zone,
        by=by,
    )
    complaints = Complaints()
    if files:
        shown.write(answer_of_files(asked, files, form, complaints.file))
    else:
        shown.write(answer_of_store(asked, ConfigOptions(config=config, store=store)))
    complaints.tell()
    return complaints.code

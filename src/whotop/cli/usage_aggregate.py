"""``whotop usage aggregate``: records the usage of the days since the last run, as the job does."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import rich_click as click

from whotop.cli.options import ConfigOptions
from whotop.cli.usage import day


@click.command()
@click.option("--start", callback=day, metavar="DAY", help="The first day; else where the last run left off.")
@click.option("--end", callback=day, metavar="DAY", help="The last day, included; else today.")
@click.option("--reset", is_flag=True, help="Begin again with the first day, wherever the last run left off.")
@click.option("--store", metavar="FILE", help="The store, instead of the usual place.")
@click.option("-c", "--config", type=click.Path(path_type=Path), metavar="FILE", help="Configuration file.")
def usage_aggregate(start: date | None, end: date | None, reset: bool, store: str | None, config: Path | None) -> int:
    """Record who logged in on each day, so that it is known for years.

    What [usage] schedules is done now: `whotop collect` and the screen do it by themselves. A day
    that is recorded already only gains what is new; one whose events have expired keeps what it has.
    """
    from whotop.cli.precheck import store_place
    from whotop.cli.prepare import prepare
    from whotop.cli.usage_run import record_usage

    prepared = prepare((), ConfigOptions(config=config, store=store))
    print(record_usage(store_place(prepared), prepared.settings.usage, start, end, reset=reset))
    return 0

"""``whotop usage``: how many people use the machines, from the store or from files."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from whotop.cli.options import ConfigOptions
from whotop.cli.table_options import table_options
from whotop.errors import UsageError

if TYPE_CHECKING:
    from whotop.parse.event_row import TableForm

FORMATS = ("text", "csv", "json", "html")
PARTS = ("machine", "tag", "user", "source")
STYLES = ("pandas", "plain")


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
@click.option(
    "--where", default="", metavar="FILTER", help="Only these logins: 'machine:web-* tag:prod'; see filter.md."
)
@click.option("--machine", multiple=True, metavar="NAME", help="Only logins on it: a name or a glob.")
@click.option("--tag", multiple=True, metavar="TAG", help="Only logins on machines with this tag.")
@click.option("--user", multiple=True, metavar="NAME", help="Only logins of this user.")
@click.option(
    "--source", multiple=True, metavar="SOURCE", help="Only logins from there: an address, a network, a name."
)
@click.option("--by", type=click.Choice(PARTS), help="Told apart by this as well: a row for each.")
@click.option("--exclude-user", "excluded", multiple=True, metavar="NAME", help="This user does not count.")
@click.option("--time-zone", metavar="ZONE", help="Whose days, such as Europe/Berlin; else those of [usage].")
@click.option("--format", "wanted_format", type=click.Choice(FORMATS), help="Else by the ending of FILE, else text.")
@click.option(
    "--style", type=click.Choice(STYLES), default="pandas", show_default=True, help="Of CSV: as pandas writes it."
)
@click.option("--plot", is_flag=True, help="A chart: on the terminal, or in a FILE.svg, .png or .html.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write this file instead.")
@click.option("--store", metavar="FILE", help="The store, instead of the usual place.")
@click.option("-c", "--config", type=click.Path(path_type=Path), metavar="FILE", help="Configuration file.")
@table_options
def usage(
    files: tuple[str, ...],
    aggregate: str,
    start: date | None,
    end: date | None,
    where: str,
    machine: tuple[str, ...],
    tag: tuple[str, ...],
    user: tuple[str, ...],
    source: tuple[str, ...],
    by: str | None,
    excluded: tuple[str, ...],
    time_zone: str | None,
    wanted_format: str | None,
    style: str,
    plot: bool,
    output: Path | None,
    store: str | None,
    config: Path | None,
    form: TableForm | None,
) -> int:
    """Count unique users per day, week, month, quarter or year.

    From the store, of the last 90 days; or from FILEs, of all their days: any CSV with a user and a
    time column (also without a header, as `windows` takes it), and all that `report` reads. A
    period is called by its last day, a week by its Sunday; one without a login is there as 0.
    `usage aggregate` records the days of the store, so that they are known for years.
    """
    from whotop.cli.usage_answer import Asked, answer_of_files, answer_of_store
    from whotop.cli.usage_output import Output

    if files and (store is not None or config is not None):
        raise UsageError("FILEs are counted without a store and its configuration: leave out --store and --config")
    shown = Output.chosen(wanted_format, style, output, is_plot=plot)
    asked = Asked(
        period=aggregate,
        start=start,
        end=end,
        where=_filter(where, machine=machine, tag=tag, user=user, source=source),
        excluded=excluded,
        time_zone=time_zone,
        by=by,
    )
    if files:
        shown.write(answer_of_files(asked, files, form))
    else:
        shown.write(answer_of_store(asked, ConfigOptions(config=config, store=store)))
    return 0


def _filter(where: str, **words: tuple[str, ...]) -> str:
    """One filter of all that was said: of one kind any, of several kinds all. Raises QueryError."""
    from whotop.core.usage_where import parse_usage_where

    groups = [[where]] if where.strip() else []
    for name, values in words.items():
        field = "from" if name == "source" else name
        groups.append([f"{field}:{_word(value)}" for value in values])
    parts = [" or ".join(group) for group in groups if group]
    chosen = parts[0] if len(parts) == 1 else " ".join(f"({part})" for part in parts)
    parse_usage_where(chosen)
    return chosen


def _word(value: str) -> str:
    """A value as the filter language has it: in quotes where it would mean something else."""
    if '"' in value:
        raise UsageError(f"{value}: a name with a quote cannot be asked for")
    is_plain = re.fullmatch(r"[\w.:/*?@%+-]+", value) and value.lower() != "none"
    return value if is_plain else f'"{value}"'

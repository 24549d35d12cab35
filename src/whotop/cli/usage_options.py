"""The options of ``usage`` that several words make one thing of: which logins count, and where the answer goes."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import rich_click as click

from whotop.errors import UsageError

FORMATS = ("text", "csv", "json", "html")
STYLES = ("pandas", "plain")

_FILTER_OPTIONS = (
    click.option(
        "--where", default="", metavar="FILTER", help="Only these logins: 'machine:web-* tag:prod'; see filter.md."
    ),
    click.option("--machine", multiple=True, metavar="NAME", help="Only logins on it: a name or a glob."),
    click.option("--tag", multiple=True, metavar="TAG", help="Only logins on machines with this tag."),
    click.option("--user", multiple=True, metavar="NAME", help="Only logins of this user."),
    click.option(
        "--source", multiple=True, metavar="SOURCE", help="Only logins from there: an address, a network, a name."
    ),
)
_OUTPUT_OPTIONS = (
    click.option("--format", "wanted", type=click.Choice(FORMATS), help="Else by the ending of FILE, else text."),
    click.option(
        "--style", type=click.Choice(STYLES), default="pandas", show_default=True, help="Of CSV: as pandas writes it."
    ),
    click.option("--plot", is_flag=True, help="A chart: on the terminal, or in a FILE.svg, .png or .html."),
    click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write this file instead."),
)


def filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give ``command`` the options that choose logins, as one filter named ``where``."""

    @functools.wraps(command)
    def gathered(
        *,
        where: str,
        machine: tuple[str, ...],
        tag: tuple[str, ...],
        user: tuple[str, ...],
        source: tuple[str, ...],
        **others: Any,
    ) -> Any:
        return command(where=_filter(where, {"machine": machine, "tag": tag, "user": user, "from": source}), **others)

    for option in reversed(_FILTER_OPTIONS):
        gathered = option(gathered)
    return gathered


def output_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give ``command`` the options that say how and where it answers, as one argument named ``shown``."""

    @functools.wraps(command)
    def gathered(*, wanted: str | None, style: str, plot: bool, output: Path | None, **others: Any) -> Any:
        from whotop.cli.usage_output import Output

        return command(shown=Output.chosen(wanted, style, output, is_plot=plot), **others)

    for option in reversed(_OUTPUT_OPTIONS):
        gathered = option(gathered)
    return gathered


def _filter(where: str, words: dict[str, tuple[str, ...]]) -> str:
    """One filter of all that was said: of one field any word, of several fields all. Raises QueryError."""
    from whotop.core.usage_where import parse_usage_where

    groups = [[where]] if where.strip() else []
    groups += [[f"{field}:{_word(value)}" for value in values] for field, values in words.items()]
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

"""``whotop rules``: every rule, what it finds, whether it is on, and its settings."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import rich_click as click

from whotop.cli.options import ConfigOptions

NARROWEST, WIDEST = 60, 100


@click.command()
@click.option("-c", "--config", type=click.Path(path_type=Path), metavar="FILE", help="Configuration file.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def rules(config: Path | None, as_json: bool) -> int:
    """List the rules that alerts come from.

    Each with what it finds, whether it is on, and its settings: those that the configuration has are
    marked with a star, the others are the defaults. docs/rules.md says what each setting means.
    """
    from whotop.cli.prepare import prepare
    from whotop.render.rule_list import rules_json, rules_text

    prepared = prepare((), ConfigOptions(config=config))
    what = (prepared.rules, prepared.settings.rules, str(prepared.file or ""))
    sys.stdout.write(rules_json(*what) if as_json else rules_text(*what, width=_width()))
    return 0


def _width() -> int:
    """Of the terminal, as far as lines can still be read."""
    return min(max(shutil.get_terminal_size((WIDEST, 24)).columns, NARROWEST), WIDEST)

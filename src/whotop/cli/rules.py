"""``whotop rules``: every rule, what it finds, whether it is on, and its settings."""

from __future__ import annotations

import sys
from pathlib import Path

import rich_click as click

from whotop.cli.options import ConfigOptions


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
    listed = rules_json if as_json else rules_text
    sys.stdout.write(listed(prepared.rules, prepared.settings.rules, str(prepared.file or "")))
    return 0

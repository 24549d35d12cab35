"""The page of all commands and options, made from the commands themselves: docs/commands.md."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import rich_click as click

from whotop.cli.group import COMMANDS
from whotop.cli.main import whotop

_HEAD = """\
# Commands

Made from the commands' own help by `scripts/write_commands.py`; a test holds it current.

A first word that is no command means `watch`: `whotop web-01` is `whotop watch web-01`. A machine
named like a command: `whotop -- report`. Options may come before the command's name.

Exit codes: 0 done · 1 failed · 2 wrong usage or configuration, or a FILE that cannot be read · 3 done,
but some machines could not be reached · 130 interrupted. What went wrong is one line on standard error.
"""


def commands_page() -> str:
    """The page, as Markdown."""
    top = whotop.make_context("whotop", ["--"], resilient_parsing=True)
    sections = [_section(name, whotop.get_command(top, name), top) for name in COMMANDS]
    return "\n".join([_HEAD, *sections])


def _section(name: str, command: click.Command | None, top: click.Context) -> str:
    assert command is not None
    context = click.Context(command, parent=top, info_name=name)
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    rows = "\n".join(_rows(command, context))
    text = inspect.cleandoc(command.help or "")
    return f"## whotop {name}\n\n```\n{usage}\n```\n\n{text}\n\n| option | |\n|---|---|\n{rows}\n"


def _rows(command: click.Command, context: click.Context) -> Iterator[str]:
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None and isinstance(parameter, click.Option):
            option, text = (" ".join(each.replace("|", "\\|").split()) for each in record)
            yield f"| `{option}` | {text} |"

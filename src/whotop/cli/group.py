"""The group of commands: loads only the one that is asked for, and watches where none is named."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from keyword import iskeyword

import rich_click as click

DEFAULT = "watch"
COMMANDS = {
    "watch": "whotop.cli.watch",
    "report": "whotop.cli.report",
    "windows": "whotop.cli.windows",
    "import": "whotop.cli.import_files",
    "usage": "whotop.cli.usage",
    "usage aggregate": "whotop.cli.usage_aggregate",
    "check": "whotop.cli.check",
    "collect": "whotop.cli.collect",
    "init": "whotop.cli.init",
    "serve": "whotop.cli.serve",
    "rules": "whotop.cli.rules",
    "rules test": "whotop.cli.rules_test",
    "notify": "whotop.cli.notify",
    "notify test": "whotop.cli.notify_test",
    "store": "whotop.cli.store",
    "store expire": "whotop.cli.store_expire",
    "store forget": "whotop.cli.store_forget",
    "themes": "whotop.cli.themes",
    "demo": "whotop.cli.demo",
}
"""Each command's module; its command is the attribute of the same name, with ``_`` for a space, and where
Python reserves that. Two words are a command of their own: ``usage aggregate`` counts no file of that name."""


class CommandGroup(click.RichGroup):
    """``whotop web-01`` is ``whotop watch web-01``; ``whotop -- report`` watches a machine named report.

    Options may come before the command's name: ``whotop -c FILE report``.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which they are worth reading."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now."""
        if cmd_name not in COMMANDS:
            return None
        attribute = cmd_name.replace(" ", "_") + "_" * iskeyword(cmd_name)
        command = getattr(importlib.import_module(COMMANDS[cmd_name]), attribute)
        assert isinstance(command, click.Command)
        command.name = cmd_name  # Two words are one name, also where help lists it.
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the command's name first, whatever was written."""
        if args and args[0] in self._own_options(ctx):
            return super().parse_args(ctx, args)
        return super().parse_args(ctx, self._with_command(ctx, args))

    def _own_options(self, ctx: click.Context) -> set[str]:
        return {name for parameter in self.get_params(ctx) for name in parameter.opts}

    def _with_command(self, ctx: click.Context, args: Sequence[str]) -> list[str]:
        position = self._first_word(ctx, args)
        if position is None or args[position] not in COMMANDS:
            return [DEFAULT, *args]
        two_words = " ".join(args[position : position + 2])
        name, behind = (two_words, 2) if two_words in COMMANDS else (args[position], 1)
        return [name, *args[:position], *args[position + behind :]]

    def _first_word(self, ctx: click.Context, args: Sequence[str]) -> int | None:
        """Where the first word that is no option stands; None without one or after ``--``."""
        with_value = self._options_with_value(ctx) if args and args[0].startswith("-") else set()
        position = 0
        while position < len(args) and args[position] != "--":
            if not args[position].startswith("-"):
                return position
            position += 2 if args[position] in with_value else 1
        return None

    def _options_with_value(self, ctx: click.Context) -> set[str]:
        watch = self.get_command(ctx, DEFAULT)
        assert watch is not None
        options = [option for option in watch.params if isinstance(option, click.Option) and not option.is_flag]
        return {name for option in options for name in option.opts}

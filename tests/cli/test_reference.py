from __future__ import annotations

from pathlib import Path

import pytest
import rich_click as click

from whotop.cli.group import COMMANDS
from whotop.cli.main import whotop
from whotop.cli.reference import commands_page

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"


def test_the_page_of_commands_is_current() -> None:
    assert PAGE.read_text("utf-8") == commands_page(), "run scripts/write_commands.py"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_every_option_has_a_help_text(name: str) -> None:
    command = whotop.get_command(click.Context(whotop), name)
    assert command is not None
    assert command.help
    assert all(parameter.help for parameter in command.params if isinstance(parameter, click.Option))

"""Writes docs/commands.md from the commands' own help."""

from __future__ import annotations

from pathlib import Path

from whotop.cli.reference import commands_page

(Path(__file__).parents[1] / "docs" / "commands.md").write_text(commands_page(), "utf-8")

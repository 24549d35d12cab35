"""Makes the sections of docs/rules.md anew, from the tables of settings."""

from __future__ import annotations

from pathlib import Path

from whotop.cli.rule_sections import with_current_rules

page = Path(__file__).parents[1] / "docs" / "rules.md"
page.write_text(with_current_rules(page.read_text("utf-8")), "utf-8")

from __future__ import annotations

from pathlib import Path

from whotop.cli.rule_sections import with_current_rules

PAGE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text("utf-8")


def test_the_page_of_rules_is_current() -> None:
    assert with_current_rules(PAGE) == PAGE, "run scripts/write_rules.py"

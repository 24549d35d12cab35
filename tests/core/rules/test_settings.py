from __future__ import annotations

from whotop.core.rules.registry import RULES
from whotop.core.rules.settings import RuleSettings


def test_every_rule_has_a_table_and_every_table_a_rule() -> None:
    assert sorted(name for rule in RULES for name in rule.names) == sorted(RuleSettings().tables())


def test_every_table_says_in_its_first_line_what_the_rule_is() -> None:
    firsts = [(table.__doc__ or "").partition("\n")[0] for table in RuleSettings().tables().values()]
    assert [line for line in firsts if not line.endswith(".")] == []

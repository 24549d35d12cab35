from __future__ import annotations

from typing import get_args

from whotop.core.rules import limits, many_logins, reach, reboot, skew
from whotop.core.rules.settings import RuleName


def test_each_rule_can_be_turned_off_by_its_name() -> None:
    rules = {reach.RULE, reboot.RULE, skew.RULE, many_logins.RULE, limits.CPU, limits.MEMORY, limits.DISK}
    assert set(get_args(RuleName)) == rules

from __future__ import annotations

from typing import get_args

from whotop.core.rules import cleared, failed_logins, limits, reach, reboot, series_words, skew, tampering
from whotop.core.rules.settings import RuleName


def test_each_rule_can_be_turned_off_by_its_name() -> None:
    rules = {reach.RULE, reboot.RULE, skew.RULE, series_words.RULE, tampering.RULE, cleared.RULE}
    rules |= {failed_logins.RULE, failed_logins.GUESSED}
    assert set(get_args(RuleName)) == rules | {limits.CPU, limits.MEMORY, limits.DISK}

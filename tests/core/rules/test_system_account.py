from __future__ import annotations

import pytest

from tests.core.rules.judged import Judged
from whotop.core.rules.account_tables import SystemAccountTable
from whotop.core.rules.settings import RuleSettings


def test_it_is_off_until_switched_on() -> None:
    assert not RuleSettings().system_account.on


@pytest.mark.parametrize("user", ["www-data", "nobody", "daemon", "mysql", "systemd-network", "_apt", "Guest"])
def test_an_account_that_is_nobodys_logs_in(user: str) -> None:
    (alert,) = Judged(system_account=SystemAccountTable(on=True)).login(0, user, "10.0.0.7")
    assert (alert.rule, alert.subject) == ("system_account", user)
    assert alert.text == f"system account {user} logged in from 10.0.0.7"


@pytest.mark.parametrize("user", ["alice", "root", "git", "ubuntu", "listener"])
def test_people_and_accounts_that_are_meant_to_log_in_may(user: str) -> None:
    assert not Judged(system_account=SystemAccountTable(on=True)).login(0, user)


def test_the_names_can_be_set() -> None:
    book = Judged(system_account=SystemAccountTable(on=True, accounts=("svc-*",)))
    assert book.login(0, "svc-web")
    assert not book.login(0, "www-data")

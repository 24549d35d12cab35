from __future__ import annotations

import pytest

from tests.core.rules.judged import HOUR, Judged
from whotop.core.rules.account_tables import RootTable
from whotop.core.rules.settings import RuleSettings
from whotop.core.rules.table import Scope
from whotop.model import Level, Standing


def judged(**fields: object) -> Judged:
    return Judged(root=RootTable(**fields))  # type: ignore[arg-type]


def test_it_is_on_from_the_first_start() -> None:
    assert RuleSettings().root.on


@pytest.mark.parametrize("user", ["root", "Administrator", "CORP\\Administrator"])
def test_root_or_administrator_from_the_internet_is_an_alert(user: str) -> None:
    (alert,) = judged().login(0, user, "203.0.113.9")
    assert (alert.rule, alert.machine, alert.subject, alert.level) == ("root", "web-01", "203.0.113.9", Level.HIGH)
    assert alert.text == f"{user} logged in from 203.0.113.9"


@pytest.mark.parametrize("source", ["", "10.0.0.7", "::1", ":0", "bastion", "fd00::7"])
def test_root_from_inside_or_at_the_console_is_none(source: str) -> None:
    assert not judged().login(0, "root", source)


def test_others_may_come_from_anywhere() -> None:
    assert not judged().login(0, "alice", "203.0.113.9")


def test_networks_of_the_house_are_no_outside() -> None:
    house = judged(networks=("203.0.113.0/24", "*.corp.example"))
    assert not house.login(0, "root", "203.0.113.9")
    assert not house.login(0, "root", "pc7.corp.example")
    assert house.login(0, "root", "pc7.other.example")


def test_many_logins_are_one_alert_that_counts_and_names_the_machines() -> None:
    book = judged()
    changed = [alert for number in range(30) for alert in book.login(number, "root", "203.0.113.9")]
    changed += book.login(30, "root", "203.0.113.9", machine="db-01")
    assert len(changed) == 10
    (last,) = book.tick(41)
    assert last.text == "root logged in from 203.0.113.9, 31 times on 2 machines"
    assert (last.machine, last.machines, last.count) == ("", ("web-01", "db-01"), 31)


def test_it_resolves_an_hour_after_the_last() -> None:
    book = judged()
    book.login(0, "root", "203.0.113.9")
    book.login(100, "root", "203.0.113.9")
    assert not book.tick(HOUR + 99)
    (over,) = book.tick(HOUR + 100)
    assert over.resolved_us is not None


def test_what_stood_before_a_restart_resolves_as_well() -> None:
    (alert,) = judged().login(0, "root", "203.0.113.9")
    again = judged()
    again.book.restore([alert])
    assert not again.tick(10)
    (counted,) = again.login(20, "root", "203.0.113.9")
    assert (counted.key, counted.count) == (alert.key, 2)
    (over,) = again.tick(HOUR + 90)
    assert not over.is_open


def test_a_scope_lets_one_machine_be() -> None:
    book = judged(scopes=(Scope(machines=("lab-*",), changes={"on": False}),))
    assert not book.login(0, "root", "203.0.113.9", machine="lab-01")
    assert book.login(0, "root", "203.0.113.9")


def test_late_ones_are_marked() -> None:
    (alert,) = judged().login(0, "root", "203.0.113.9", standing=Standing.LATE)
    assert alert.late


def test_a_flood_of_subjects_is_one_more_alert() -> None:
    book = judged()
    opened = {
        alert.key: alert
        for number in range(1_100)
        for alert in book.login(number / 1_000, "root", f"h{number}.example")
    }
    assert len(opened) == 1_001
    last = list(opened.values())[-1]
    assert last.subject == "(others)"
    assert last.text.startswith("more than 1,000 of these alerts stand; the first that is not told: root logged in")
    assert len(book.tick(2 * HOUR)) == 1_001


def test_a_scope_may_name_other_accounts() -> None:
    book = judged(scopes=(Scope(machines=("db-*",), changes={"accounts": ("oracle",)}),))
    assert book.login(0, "oracle", "203.0.113.9", machine="db-01")
    assert not book.login(0, "oracle", "203.0.113.9", machine="web-01")
    assert not book.login(0, "root", "203.0.113.9", machine="db-01")


def test_one_that_comes_back_soon_counts_on() -> None:
    book = judged()
    (first,) = book.login(0, "root", "203.0.113.9")
    book.tick(HOUR)
    (again,) = book.login(HOUR + 60, "root", "203.0.113.9")
    assert (again.key, again.count, again.text) == (first.key, 2, "root logged in from 203.0.113.9, 2 times")
    book.tick(2 * HOUR + 60)
    (other,) = book.login(2 * HOUR + 2_000, "root", "203.0.113.9")
    assert other.count == 1

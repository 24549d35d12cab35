from __future__ import annotations

from tests.core.rules.judged import DAY, Judged
from whotop.clock import SECOND_US
from whotop.core.rules.account_tables import DormantTable
from whotop.model import Standing


def judged() -> Judged:
    return Judged(dormant=DormantTable(on=True))


def test_a_login_after_more_than_thirty_days_is_an_alert() -> None:
    book = judged()
    book.login(0)
    assert not book.login(30 * DAY)
    (alert,) = book.login(61 * DAY)
    assert alert.text == "alice logged in from 10.0.0.7 after 31 days without a login"
    assert (alert.rule, alert.subject, alert.value, alert.limit) == ("dormant", "alice", 31.0, 30.0)


def test_a_user_of_whom_nothing_is_known_is_not_dormant() -> None:
    assert not judged().login(100 * DAY)


def test_past_logins_teach() -> None:
    book = judged()
    book.past(0)
    assert book.login(31 * DAY)


def test_what_counts_is_the_user_on_whichever_machine() -> None:
    book = judged()
    book.login(0, machine="db-01")
    book.login(29 * DAY, machine="web-01")
    assert not book.login(45 * DAY, machine="db-01")


def test_history_that_comes_after_a_login_changes_nothing() -> None:
    book = judged()
    book.login(40 * DAY)
    book.past(0)
    assert not book.login(41 * DAY)


def test_it_is_remembered_over_a_restart() -> None:
    book = judged()
    book.login(0)
    book.login(DAY / 2)
    assert book.book.state() == {("dormant", "alice"): round(DAY / 2 * SECOND_US)}
    book.login(DAY * 0.9)
    assert not book.book.state()
    book.login(DAY * 1.5)
    assert book.again().login(40 * DAY)


def test_a_late_login_is_marked() -> None:
    book = judged()
    book.login(0)
    (alert,) = book.login(40 * DAY, standing=Standing.LATE)
    assert alert.late

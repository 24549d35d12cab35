from __future__ import annotations

from tests.core.rules.judged import DAY, Judged
from whotop.core.rules.account_tables import NewSourceTable
from whotop.model import Standing


def judged(**fields: object) -> Judged:
    return Judged(new_source=NewSourceTable(on=True, **fields))  # type: ignore[arg-type]


def test_a_network_that_is_new_for_a_known_user_is_an_alert() -> None:
    book = judged()
    book.login(0)
    (alert,) = book.login(5 * DAY, source="203.0.113.9")
    assert alert.text == "alice logged in from 203.0.113.9, a network that is new for them"
    assert (alert.rule, alert.subject, alert.machine) == ("new_source", "alice", "web-01")
    assert not book.login(5 * DAY + 60, source="203.0.113.77")


def test_for_five_days_everything_is_learned() -> None:
    book = judged()
    book.login(0)
    for day in range(5):
        assert not book.login(day * DAY, source=f"10.{day}.0.1")
        assert not book.login(20 * DAY, source=f"10.{day}.0.2")


def test_past_logins_teach() -> None:
    book = judged()
    book.past(0)
    book.past(DAY, source="192.168.7.7")
    assert not book.login(30 * DAY, source="192.168.7.9")
    assert book.login(30 * DAY, source="192.168.8.9")


def test_one_user_says_nothing_about_another() -> None:
    book = judged()
    book.login(0, "alice", "10.1.0.1")
    book.login(0, "bob", "10.2.0.1")
    assert book.login(9 * DAY, "bob", "10.1.0.1")


def test_a_network_that_was_not_used_for_long_is_new_again() -> None:
    book = judged()
    book.login(0, source="10.1.0.1")
    book.login(80 * DAY, source="10.2.0.1")
    assert book.login(91 * DAY, source="10.1.0.1")


def test_consoles_and_multiplexers_are_no_network() -> None:
    book = judged()
    book.login(0)
    assert not book.login(9 * DAY, source="")
    assert not book.login(9 * DAY, source="tmux(33).%0")


def test_the_size_of_a_network_can_be_set() -> None:
    book = judged(ipv4_bits=32)
    book.login(0, source="10.1.0.1")
    assert book.login(9 * DAY, source="10.1.0.2")


def test_habits_are_remembered_over_a_restart() -> None:
    book = judged()
    book.login(0, source="10.1.0.1")
    book.login(DAY, source="10.2.0.1")
    again = book.again()
    assert not again.login(9 * DAY, source="10.2.0.1")
    assert again.login(9 * DAY, source="10.3.0.1")
    assert not book.book.state()


def test_a_state_that_makes_no_sense_is_passed_over() -> None:
    book = judged()
    book.book.restore_state({("new_source", "alice"): {"networks": 3}, ("new_source", "bob"): None})
    assert not book.login(0)


def test_a_late_login_is_marked() -> None:
    book = judged()
    book.login(0)
    (alert,) = book.login(9 * DAY, source="203.0.113.9", standing=Standing.LATE)
    assert alert.late

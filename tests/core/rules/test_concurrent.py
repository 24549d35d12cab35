from __future__ import annotations

from typing import Any

from tests.core.rules.judged import DAY, Judged, session
from whotop.core.rules.account_tables import ConcurrentTable
from whotop.model import Machine


def judged(**fields: object) -> Judged:
    return Judged(concurrent=ConcurrentTable(on=True, **fields))  # type: ignore[arg-type]


def opened(book: Judged, seconds: float, source: str, **fields: Any) -> bool:
    """Somebody logs in and stays; whether that is an alert."""
    book.book.on_session(session(seconds, source=source, **fields), round(seconds * 1e6))
    return bool(book.login(seconds, source=source, **fields))


def test_sessions_from_two_networks_at_once_are_an_alert() -> None:
    book = judged()
    assert not opened(book, 0, "10.0.0.7")
    book.book.on_session(session(60, source="203.0.113.9", machine="db-01"), 60_000_000)
    (alert,) = book.login(60, source="203.0.113.9", machine="db-01")
    assert alert.text == "alice logged in from 203.0.113.9 beside 10.0.0.7"
    assert (alert.rule, alert.subject, alert.value, alert.limit) == ("concurrent", "alice", 2.0, 2.0)


def test_many_sessions_from_one_network_are_none() -> None:
    book = judged()
    assert not any(opened(book, number, f"10.0.0.{number}") for number in range(50))


def test_one_after_the_other_is_none() -> None:
    book = judged()
    opened(book, 0, "10.0.0.7")
    book.book.on_session_end(session(0, source="10.0.0.7"), 50_000_000)
    assert not opened(book, 60, "203.0.113.9")


def test_a_session_that_is_over_already_counts_when_its_login_is_judged() -> None:
    book = judged()
    opened(book, 0, "10.0.0.7")
    assert book.login(60, source="203.0.113.9")


def test_other_users_are_others() -> None:
    book = judged()
    opened(book, 0, "10.0.0.7", user="alice")
    assert not opened(book, 60, "203.0.113.9", user="bob")


def test_a_session_of_yesterday_is_left_out() -> None:
    book = judged()
    opened(book, 0, "10.0.0.7")
    assert not opened(book, DAY + 1, "203.0.113.9")


def test_a_hop_from_a_watched_machine_is_no_second_place() -> None:
    book = judged()
    book.book.on_machine(Machine(name="bastion", address="ops@10.9.9.9:2222", hostname="bastion.example"), 0)
    opened(book, 0, "203.0.113.9", machine="bastion")
    assert not opened(book, 60, "10.9.9.9", machine="web-01")
    assert not opened(book, 60, "bastion.example", machine="web-02")
    book.book.forget("bastion", 61_000_000)
    opened(book, 62, "203.0.113.9", machine="web-03")
    assert opened(book, 63, "10.9.9.9", machine="web-04")


def test_networks_of_the_settings_do_not_count() -> None:
    book = judged(networks=("10.8.0.0/16",))
    opened(book, 0, "10.8.0.7")
    assert not opened(book, 60, "203.0.113.9")


def test_it_may_take_more_networks() -> None:
    book = judged(count=3)
    opened(book, 0, "10.0.0.7")
    assert not opened(book, 1, "10.1.0.7")
    assert opened(book, 2, "10.2.0.7")


def test_a_name_and_an_address_may_be_of_one_place() -> None:
    book = judged()
    opened(book, 0, "10.0.0.7", machine="web-01")
    assert not opened(book, 60, "pc7.corp.example", machine="db-01")
    assert opened(book, 120, "pc8.corp.example", machine="db-02")

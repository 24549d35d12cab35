from __future__ import annotations

from operator import attrgetter

import pytest

from tests.core.rules.judged import DAY, HOUR, Judged, made
from whotop.clock import SECOND_US
from whotop.core.rules import slow_failures
from whotop.core.rules.attack_tables import SlowTable
from whotop.core.rules.login_tables import FailedTable


def judged(**fields: object) -> Judged:
    return Judged(slow=SlowTable(on=True, **fields), failed=FailedTable())  # type: ignore[arg-type]


def test_the_tenth_failure_of_one_source_in_a_day_opens_an_alert() -> None:
    book = judged()
    assert not any(book.failed(number * HOUR, user=f"user{number}", machine=f"web-{number}") for number in range(9))
    (alert,) = book.failed(9 * HOUR)
    assert (alert.rule, alert.subject, alert.count) == ("slow", "203.0.113.9", 10)
    assert alert.text == "203.0.113.9 fails to log in as 10 users, slowly (over 1d), 10 times on 10 machines"
    assert len(alert.evidence) == 10


def test_ten_in_two_days_are_none() -> None:
    book = judged()
    assert not any(book.failed(number * 5 * HOUR) for number in range(40))


def test_many_sources_against_one_user_open_an_alert() -> None:
    book = judged(user_count=20)
    changed = [book.failed(number * 300, user="oracle", source=f"198.51.{number}.1") for number in range(20)]
    assert not any(changed[:-1])
    (alert,) = changed[-1]
    assert (alert.subject, alert.text) == ("oracle", "oracle is tried from 20 sources (over 1d), 20 times")


def test_what_a_faster_rule_tells_of_is_not_told_again() -> None:
    book = judged()
    changed = [alert for number in range(200) for alert in book.failed(number)]
    assert {alert.rule for alert in changed} == {"failed"}


def test_a_person_who_mistypes_all_day_and_gets_in_is_none() -> None:
    book = judged()
    for number in range(40):
        assert not book.failed(number * HOUR / 2, user="alice", source="10.0.0.7")
        assert not book.login(number * HOUR / 2 + 10, user="alice", source="10.0.0.7")


def test_an_attacker_who_gets_in_is_not_forgiven_once_told() -> None:
    book = judged()
    for number in range(10):
        book.failed(number * HOUR)
    book.login(10 * HOUR, user="root", source="203.0.113.9")
    book.failed(11 * HOUR)
    (alert,) = book.tick(11 * HOUR + 10)
    assert alert.count == 11


def test_it_resolves_after_a_day_without_any() -> None:
    book = judged()
    for number in range(10):
        book.failed(number * HOUR)
    assert not book.tick(9 * HOUR + DAY - 1)
    (over,) = book.tick(9 * HOUR + DAY)
    assert not over.is_open


def test_failures_of_before_a_start_count() -> None:
    book = judged()
    for number in range(9):
        book.book.known_failure(made("failed", number * HOUR, "root"), 0)
    assert book.failed(9 * HOUR)


def test_a_flood_of_sources_fills_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_failures, "TRACKS_KEPT", 10)
    tracks = slow_failures.Tracks(round(DAY * SECOND_US), attrgetter("user"))
    for number in range(100):
        tracks.add(f"source-{number}", slow_failures.Failure(number, "root", f"source-{number}", "web-01", b""))
    assert len(tracks._tracks) == 10

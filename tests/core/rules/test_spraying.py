from __future__ import annotations

import pytest

from tests.core.rules.judged import Judged, made
from whotop.clock import SECOND_US
from whotop.core.rules import spraying
from whotop.core.rules.attack_tables import SprayingTable
from whotop.core.rules.table import Scope
from whotop.model import Level, Standing


def judged(**fields: object) -> Judged:
    return Judged(spraying=SprayingTable(**fields))  # type: ignore[arg-type]


def test_the_sixth_user_that_one_source_fails_as_within_five_minutes_opens_an_alert() -> None:
    book = judged()
    for number in range(5):
        assert not book.failed(number * 50, user=f"user{number}")
    (alert,) = book.failed(250, user="user5", machine="web-02")
    assert (alert.rule, alert.subject, alert.level) == ("spraying", "203.0.113.9", Level.WARN)
    assert alert.text == "203.0.113.9 fails to log in as 6 users in 5m, 6 times on 2 machines"
    assert (alert.machine, alert.machines, alert.count) == ("", ("web-01", "web-02"), 6)
    assert len(alert.evidence) == 6


def test_six_users_in_six_minutes_are_no_alert() -> None:
    book = judged()
    assert not any(book.failed(number * 62, user=f"user{number}") for number in range(30))


def test_one_user_failing_many_times_is_another_rules_business() -> None:
    book = judged()
    assert not any(book.failed(number) for number in range(100))


def test_the_third_machine_that_one_source_fails_on_within_ten_minutes_opens_an_alert() -> None:
    book = judged()
    assert not book.failed(0, machine="web-01")
    assert not book.failed(290, machine="web-02")
    (alert,) = book.failed(580, machine="web-03")
    assert alert.text == "203.0.113.9 fails to log in on one machine after another, 3 times on 3 machines"


def test_people_behind_one_bastion_who_mistype_their_passwords_are_none() -> None:
    book = judged()
    assert not any(book.failed(n * 100, user=f"user{n}", machine=f"web-{n}", source="10.9.9.9") for n in range(30))
    assert book.failed(2_950, user="user29", machine="db-01", source="10.9.9.9")


def test_an_attack_on_two_hundred_machines_is_one_alert_with_two_hundred_machines() -> None:
    book = judged()
    changed = [alert for number in range(200) for alert in book.failed(number, machine=f"web-{number}")]
    changed += book.tick(220)
    assert len({alert.key for alert in changed}) == 1
    assert len(changed) < 15
    assert len(changed[-1].machines) == changed[-1].count == 200


def test_whoever_logs_in_after_all_had_mistyped_a_password() -> None:
    book = judged()
    for number in range(20):
        assert not book.failed(number * 10, user=f"user{number}", source="10.0.0.1", machine=f"web-{number}")
        assert not book.login(number * 10 + 5, user=f"user{number}", source="10.0.0.1", machine=f"web-{number}")


def test_it_resolves_when_ten_minutes_have_passed_without_any() -> None:
    book = judged()
    for number in range(6):
        book.failed(number, user=f"user{number}")
    assert not book.tick(604)
    (over,) = book.tick(605)
    assert not over.is_open


def test_failures_of_before_a_start_count() -> None:
    book = judged()
    for number in range(5):
        book.book.known_failure(made("failed", number, user=f"user{number}"), number * SECOND_US)
    assert book.failed(5, user="user5")


def test_history_is_not_judged_and_late_ones_are_marked() -> None:
    book = judged()
    assert not any(book.failed(n, user=f"user{n}", standing=Standing.HISTORY) for n in range(10))
    changed = [book.failed(n, user=f"user{n}", standing=Standing.LATE) for n in range(6)]
    assert changed[-1][0].late


def test_a_scope_says_which_sources_may() -> None:
    scanner = Scope(sources=("203.0.113.0/24",), changes={"on": False})
    book = judged(scopes=(scanner,))
    assert not any(book.failed(n, user=f"user{n}") for n in range(10))
    assert any(book.failed(n, user=f"user{n}", source="198.51.100.9") for n in range(10))


def test_a_flood_of_sources_fills_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spraying, "TRACKS_KEPT", 10)
    book = judged()
    for number in range(100):
        book.failed(number / 10, source=f"source-{number}")
    (rule,) = (rule for rule in book.book._rules if isinstance(rule, spraying.Spraying))
    assert len(rule._tracks) == 10

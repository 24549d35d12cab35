from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from whotop.clock import SECOND_US
from whotop.core.keys import event_key
from whotop.core.rules import series_words
from whotop.core.rules.book import RuleBook
from whotop.core.rules.login_tables import LoginsTable
from whotop.core.rules.settings import RuleSettings
from whotop.model import Alert, Event, Standing

MakeEvent = Callable[..., Event]
GAP = RuleSettings(logins=LoginsTable(mode="gap", window_seconds=60.0))
SLIDING = RuleSettings(logins=LoginsTable(mode="sliding", window_seconds=60.0))


@pytest.fixture
def login(event: MakeEvent) -> MakeEvent:
    def make(seconds: float, **fields: Any) -> Event:
        made = event("login", seconds, **{"user": "u", "source": "203.0.113.9"} | fields)
        return replace(made, key=event_key(made))

    return make


def feed(book: RuleBook, logins: list[Event]) -> list[Alert]:
    return [alert for login in logins for alert in book.on_login(login, login.time_us + 2 * SECOND_US)]


def test_a_chain_of_logins_is_one_alert_however_long_it_goes_on(login: MakeEvent) -> None:
    alerts = feed(RuleBook(GAP), [login(second) for second in (0, 60, 120, 180)])
    assert [alert.count for alert in alerts] == [2, 3, 4]
    assert len({alert.key for alert in alerts}) == 1
    assert alerts[0].text == "203.0.113.9: 2 logins no more than 1m apart (1 user, 1 machine)"


def test_it_resolves_when_the_size_has_passed_since_the_last_login(login: MakeEvent) -> None:
    book = RuleBook(GAP)
    feed(book, [login(0), login(50)])
    assert book.tick(115 * SECOND_US) == []
    (resolved,) = book.tick(116 * SECOND_US)
    assert resolved.resolved_us == 110 * SECOND_US


def test_what_comes_later_is_another_alert(login: MakeEvent) -> None:
    book = RuleBook(GAP)
    (first,) = feed(book, [login(0), login(10)])
    resolved, second = feed(book, [login(100), login(110)])
    assert (resolved.key, resolved.resolved_us) == (first.key, 70 * SECOND_US)
    assert second.key != first.key


def test_a_sliding_window_finds_logins_on_both_sides_of_the_hour(login: MakeEvent) -> None:
    (alert,) = feed(RuleBook(SLIDING), [login(59), login(61)])
    assert alert.text == "203.0.113.9: 2 logins in 1m (1 user, 1 machine)"


def test_an_alert_of_sliding_windows_tells_of_the_fullest(login: MakeEvent) -> None:
    alerts = feed(RuleBook(SLIDING), [login(second) for second in (0, 10, 20, 70, 125)])
    assert [alert.count for alert in alerts] == [2, 3]


def test_what_was_not_worth_telling_is_told_at_the_end(login: MakeEvent) -> None:
    book = RuleBook(GAP)
    feed(book, [login(second) for second in range(11)])
    last, resolved = book.tick(1_000 * SECOND_US)
    assert (last.count, resolved.count, resolved.resolved_us) == (11, 11, 70 * SECOND_US)


def test_logins_told_when_all_is_over_are_one_past_alert(login: MakeEvent) -> None:
    book = RuleBook(GAP)
    for second in (0, 10, 20):
        assert book.on_login(login(second, standing=Standing.LATE), 5_000 * SECOND_US) == []
    (past,) = book.tick(5_001 * SECOND_US)
    assert (past.count, past.late, past.resolved_us) == (3, True, 80 * SECOND_US)
    assert book.tick(5_002 * SECOND_US) == []


def test_after_a_restart_an_alert_never_tells_of_fewer_logins(login: MakeEvent) -> None:
    told = feed(RuleBook(GAP), [login(second) for second in range(5)])[-1]
    after = RuleBook(GAP, [told])
    assert feed(after, [login(second) for second in range(10, 15)]) == []
    (grown,) = feed(after, [login(15)])
    assert (grown.key, grown.count) == (told.key, 6)


def test_after_a_restart_an_alert_that_is_over_resolves(login: MakeEvent) -> None:
    told = feed(RuleBook(GAP), [login(0), login(10)])[-1]
    (resolved,) = RuleBook(GAP, [told]).tick(1_000 * SECOND_US)
    assert resolved.key == told.key


def test_a_flood_of_sources_ends_in_one_alert_for_all_the_rest(
    login: MakeEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(series_words, "SOURCES_KEPT", 3)
    book = RuleBook(GAP)
    alerts = feed(book, [login(second, source=f"s{second // 2}") for second in range(20)])
    assert [alert.subject for alert in alerts] == ["s0", "s1", "s2", ""]


def test_logins_before_a_restart_count_with_those_after_it_as_far_as_the_size_reaches() -> None:
    assert RuleBook(GAP).needs_logins_since_us(100 * SECOND_US) == 40 * SECOND_US

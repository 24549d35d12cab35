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
from whotop.model import Alert, Event, Level, Standing

MakeEvent = Callable[..., Event]
HOUR = 3_600


@pytest.fixture
def login(event: MakeEvent) -> MakeEvent:
    def make(seconds: float, **fields: Any) -> Event:
        made = event("login", seconds, **{"user": "u", "source": "203.0.113.9"} | fields)
        return replace(made, key=event_key(made))

    return make


def feed(book: RuleBook, logins: list[Event]) -> list[Alert]:
    return [alert for login in logins for alert in book.on_login(login, login.time_us + 2 * SECOND_US)]


def test_the_second_login_of_a_source_in_a_window_opens_an_alert(login: MakeEvent) -> None:
    logins = [login(10), login(20, user="v", machine="db-02")]
    (alert,) = feed(RuleBook(RuleSettings()), logins)
    assert alert.text == "203.0.113.9: 2 logins in 1h (2 users, 2 machines)"
    assert (alert.rule, alert.machine, alert.subject, alert.level) == ("logins", "", "203.0.113.9", Level.INFO)
    assert (alert.count, alert.opened_us) == (2, 20 * SECOND_US)
    assert alert.evidence == tuple(event.key for event in logins)


def test_it_grows_with_each_login_and_stays_one_alert(login: MakeEvent) -> None:
    alerts = feed(RuleBook(RuleSettings()), [login(second) for second in range(5)])
    assert [alert.count for alert in alerts] == [2, 3, 4, 5]
    assert len({alert.key for alert in alerts}) == 1


def test_it_warns_from_the_tenth_login_and_is_high_from_the_hundredth(login: MakeEvent) -> None:
    alerts = feed(RuleBook(RuleSettings()), [login(second) for second in range(120)])
    firsts = {level: next(alert.count for alert in alerts if alert.level is level) for level in Level}
    assert firsts == {Level.INFO: 2, Level.WARN: 10, Level.HIGH: 100}


def test_a_long_series_is_told_by_quarters_and_wholly_at_the_end(login: MakeEvent) -> None:
    book = RuleBook(RuleSettings())
    alerts = feed(book, [login(second) for second in range(1_000)])
    assert len(alerts) < 35
    assert len(alerts[-1].evidence) == 100
    last, resolved = book.tick((HOUR + 10) * SECOND_US)
    assert (last.count, resolved.count, resolved.resolved_us) == (1_000, 1_000, HOUR * SECOND_US)


def test_it_resolves_with_its_window_a_grace_after(login: MakeEvent) -> None:
    book = RuleBook(RuleSettings())
    feed(book, [login(10), login(20)])
    assert book.tick((HOUR + 4) * SECOND_US) == []
    (resolved,) = book.tick((HOUR + 5) * SECOND_US)
    assert resolved.resolved_us == HOUR * SECOND_US
    assert book.tick((HOUR + 6) * SECOND_US) == []


def test_the_next_windows_series_is_another_alert(login: MakeEvent) -> None:
    book = RuleBook(RuleSettings())
    first = feed(book, [login(10), login(20)])[0]
    resolved, second = feed(book, [login(HOUR), login(HOUR + 1)])
    assert (resolved.key, resolved.resolved_us) == (first.key, HOUR * SECOND_US)
    assert second.is_open
    assert second.key != first.key


def test_logins_of_history_count_for_nothing(login: MakeEvent) -> None:
    assert feed(RuleBook(RuleSettings()), [login(second, standing=Standing.HISTORY) for second in range(9)]) == []


def test_late_logins_are_judged_once_and_marked(login: MakeEvent) -> None:
    book = RuleBook(RuleSettings())
    logins = [login(second, standing=Standing.LATE) for second in (10, 20)]
    (alert,) = [alert for event in logins for alert in book.on_login(event, 40 * HOUR * SECOND_US)]
    assert (alert.late, alert.resolved_us) == (True, HOUR * SECOND_US)
    assert book.tick(41 * HOUR * SECOND_US) == []


def test_an_older_windows_series_does_not_disturb_the_open_alert(login: MakeEvent) -> None:
    book = RuleBook(RuleSettings())
    feed(book, [login(HOUR + 1), login(HOUR + 2)])
    late = [login(second, standing=Standing.LATE) for second in (10, 20)]
    (past,) = [alert for event in late for alert in book.on_login(event, (HOUR + 5) * SECOND_US)]
    assert not past.is_open
    (grown,) = feed(book, [login(HOUR + 10)])
    assert (grown.is_open, grown.count) == (True, 3)


def test_after_a_restart_an_alert_never_tells_of_fewer_logins(login: MakeEvent) -> None:
    told = feed(RuleBook(RuleSettings()), [login(second) for second in range(5)])[-1]
    after = RuleBook(RuleSettings(), [told])
    assert feed(after, [login(second) for second in range(10, 15)]) == []
    (grown,) = feed(after, [login(15)])
    assert (grown.key, grown.count) == (told.key, 6)


def test_a_login_without_a_source_is_left_out(login: MakeEvent) -> None:
    assert feed(RuleBook(RuleSettings()), [login(10, source=""), login(20, source="")]) == []


def test_a_login_counts_at_its_time_on_whotops_clock(login: MakeEvent) -> None:
    (alert,) = feed(RuleBook(RuleSettings()), [login(3590), login(3610, skew_us=30 * SECOND_US)])
    assert (alert.count, alert.opened_us) == (2, 3590 * SECOND_US)


def test_a_login_dated_in_the_future_counts_now(login: MakeEvent) -> None:
    book = RuleBook(RuleSettings())
    now_us = 20 * SECOND_US
    book.on_login(login(10), now_us)
    (alert,) = book.on_login(login(10_000_000), now_us)
    assert (alert.count, alert.opened_us) == (2, now_us)


def test_the_numbers_are_settings(login: MakeEvent) -> None:
    settings = RuleSettings(logins=LoginsTable(window_seconds=60.0, count=3, warn_count=4))
    alerts = feed(RuleBook(settings), [login(second) for second in (1, 2, 3, 4, 61)])
    assert [(alert.count, alert.level) for alert in alerts] == [(3, Level.INFO), (4, Level.WARN)]
    assert alerts[0].text.startswith("203.0.113.9: 3 logins in 1m ")


def test_a_flood_of_sources_ends_in_one_alert_for_all_the_rest(
    login: MakeEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(series_words, "SOURCES_KEPT", 3)
    book = RuleBook(RuleSettings())
    alerts = feed(book, [login(second, source=f"s{second // 2}") for second in range(20)])
    assert [alert.subject for alert in alerts] == ["s0", "s1", "s2", ""]
    assert alerts[-1].text == "more than 3 sources with several logins in 1h"
    assert len(book.tick(2 * HOUR * SECOND_US)) == 4

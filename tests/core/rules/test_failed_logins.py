from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from whotop.clock import SECOND_US
from whotop.core.keys import event_key
from whotop.core.rules import failed_logins
from whotop.core.rules.book import RuleBook
from whotop.core.rules.findings import OpenAlerts
from whotop.core.rules.login_tables import FailedTable
from whotop.core.rules.rule import RuleContext
from whotop.core.rules.settings import RuleSettings
from whotop.model import Alert, Event, Level, Standing

MakeEvent = Callable[..., Event]


@pytest.fixture
def tried(event: MakeEvent) -> MakeEvent:
    """A failed login, or of another kind, from one source."""

    def make(seconds: float, kind: str = "failed", **fields: Any) -> Event:
        made = event(kind, seconds, **{"user": "alice", "source": "203.0.113.9"} | fields)
        return replace(made, key=event_key(made))

    return make


def feed(book: RuleBook, events: list[Event]) -> list[Alert]:
    """Each is judged when it comes, a login two seconds later."""
    changed: list[Alert] = []
    for event in events:
        if event.kind.value == "failed":
            changed += book.on_failed_login(event, event.fleet_time_us)
        else:
            changed += book.on_login(event, event.fleet_time_us + 2 * SECOND_US)
    return [alert for alert in changed if alert.rule != "logins"]


def at(seconds: float) -> int:
    return round(seconds * SECOND_US)


def test_the_fifth_failure_of_a_source_within_ten_minutes_opens_an_alert(tried: MakeEvent) -> None:
    failures = [tried(second * 60, user=f"user{second % 2}") for second in range(5)]
    book = RuleBook(RuleSettings())
    assert not feed(book, failures[:4])
    (alert,) = feed(book, failures[4:])
    assert alert.text == "5 failed logins from 203.0.113.9 (2 users)"
    assert (alert.rule, alert.machine, alert.subject, alert.level) == ("failed", "web-01", "203.0.113.9", Level.WARN)
    assert (alert.count, alert.opened_us, alert.late) == (5, at(240), False)
    assert alert.evidence == tuple(event.key for event in failures)


def test_five_in_eleven_minutes_are_no_alert(tried: MakeEvent) -> None:
    assert not feed(RuleBook(RuleSettings()), [tried(165 * number) for number in range(30)])


def test_it_grows_and_stays_one_alert(tried: MakeEvent) -> None:
    alerts = feed(RuleBook(RuleSettings()), [tried(number) for number in range(8)])
    assert [alert.count for alert in alerts] == [5, 6, 7, 8]
    assert len({alert.key for alert in alerts}) == 1


def test_a_flood_is_told_in_quarters_and_in_the_end_exactly(tried: MakeEvent) -> None:
    book = RuleBook(RuleSettings())
    alerts = feed(book, [tried(number / 100) for number in range(5_000)])
    assert len(alerts) < 50
    last, over = book.tick(at(50 + 601))
    assert (last.count, last.resolved_us) == (5_000, None)
    assert over.resolved_us == at(651)
    assert not book.tick(at(700))


def test_it_is_high_from_the_hundredth(tried: MakeEvent) -> None:
    alerts = feed(RuleBook(RuleSettings()), [tried(number) for number in range(200)])
    assert alerts[-1].level is Level.HIGH


def test_each_machine_and_each_source_has_its_own(tried: MakeEvent) -> None:
    failures = [tried(number, machine=f"web-{number % 2}", source=f"203.0.113.{number % 4}") for number in range(19)]
    assert not feed(RuleBook(RuleSettings()), failures[:16])
    assert (
        len(feed(RuleBook(RuleSettings()), [tried(number, machine=f"web-{number % 2}") for number in range(10)])) == 2
    )


def test_ten_quiet_minutes_resolve_it_and_a_new_series_is_a_new_alert(tried: MakeEvent) -> None:
    book = RuleBook(RuleSettings())
    (first,) = feed(book, [tried(number) for number in range(5)])
    assert not book.tick(at(600))
    (over,) = book.tick(at(605))
    assert over.key == first.key
    (second,) = feed(book, [tried(2_000 + number) for number in range(5)])
    assert second.key != first.key
    assert second.count == 5


def test_a_failure_at_the_console_counts_too(tried: MakeEvent) -> None:
    (alert,) = feed(RuleBook(RuleSettings()), [tried(number, source="", tty="tty1") for number in range(5)])
    assert alert.text == "5 failed logins from the console (1 user)"


def test_history_never_alerts(tried: MakeEvent) -> None:
    assert not feed(RuleBook(RuleSettings()), [tried(n, standing=Standing.HISTORY) for n in range(50)])


def test_what_happened_while_nobody_watched_is_marked_late_and_over_at_once(tried: MakeEvent) -> None:
    book, now_us = RuleBook(RuleSettings()), at(20_000)
    alerts = [alert for n in range(5) for alert in book.on_failed_login(tried(n, standing=Standing.LATE), now_us)]
    assert [alert.late for alert in alerts] == [True]
    assert [alert.is_open for alert in book.tick(now_us)] == [False]


def test_after_a_restart_the_alert_goes_on_growing(tried: MakeEvent) -> None:
    (alert,) = feed(RuleBook(RuleSettings()), [tried(number) for number in range(5)])
    again = RuleBook(RuleSettings(), [alert])
    (grown,) = feed(again, [tried(100)])
    assert (grown.key, grown.count) == (alert.key, 6)


def test_after_a_restart_a_quiet_one_is_resolved(tried: MakeEvent) -> None:
    (alert,) = feed(RuleBook(RuleSettings()), [tried(number) for number in range(5)])
    assert [over.key for over in RuleBook(RuleSettings(), [alert]).tick(at(700))] == [alert.key]


def test_a_login_after_five_failures_of_its_source_is_high(tried: MakeEvent) -> None:
    failures = [tried(number, user=f"user{number}") for number in range(23)]
    login = tried(30, "login", user="alice")
    (alert,) = [alert for alert in feed(RuleBook(RuleSettings()), [*failures, login]) if alert.rule == "guessed"]
    assert alert.text == "login as alice after 23 failures from 203.0.113.9"
    assert (alert.machine, alert.subject, alert.level) == ("web-01", "203.0.113.9", Level.HIGH)
    assert alert.evidence[-1] == login.key
    assert alert.opened_us == at(30)


@pytest.mark.parametrize(
    ("failures", "login_seconds", "other"),
    [
        (4, 30, {}),
        (5, 700, {}),
        (5, 30, {"source": "203.0.113.10"}),
        (5, 30, {"machine": "web-02"}),
        (5, 30, {"standing": Standing.HISTORY}),
    ],
    ids=["too few", "too long ago", "another source", "another machine", "history"],
)
def test_other_logins_are_not(tried: MakeEvent, failures: int, login_seconds: float, other: dict[str, Any]) -> None:
    events = [*(tried(number) for number in range(failures)), tried(login_seconds, "login", **other)]
    assert not [alert for alert in feed(RuleBook(RuleSettings()), events) if alert.rule == "guessed"]


def test_failures_after_the_login_do_not_count_against_it(tried: MakeEvent) -> None:
    book, login = RuleBook(RuleSettings()), tried(30, "login")
    feed(book, [tried(31 + number / 10) for number in range(9)])
    assert not [alert for alert in book.on_login(login, at(32)) if alert.rule == "guessed"]


def test_it_is_told_after_a_restart_between_failures_and_login(tried: MakeEvent) -> None:
    book = RuleBook(RuleSettings())
    for number in range(6):
        book.known_failure(tried(number), at(10))
    (alert,) = feed(book, [tried(30, "login")])
    assert alert.rule == "guessed"


def test_it_stands_for_an_hour(tried: MakeEvent) -> None:
    book = RuleBook(RuleSettings(failed=FailedTable(count=1_000, fleet_count=1_000)))
    feed(book, [*(tried(number) for number in range(5)), tried(30, "login")])
    assert not book.tick(at(3_600))
    assert [alert.rule for alert in book.tick(at(3_632))] == ["guessed"]


@pytest.mark.parametrize("rule", ["failed", "guessed"])
def test_each_can_be_turned_off(tried: MakeEvent, rule: str) -> None:
    settings = replace(RuleSettings(), **{rule: replace(getattr(RuleSettings(), rule), on=False)})
    alerts = feed(RuleBook(settings), [*(tried(number) for number in range(9)), tried(30, "login")])
    assert {alert.rule for alert in alerts} == {"failed", "guessed"} - {rule}


def test_a_machine_that_is_watched_no_longer_has_no_alerts_left(tried: MakeEvent) -> None:
    book = RuleBook(RuleSettings())
    feed(book, [*(tried(number) for number in range(5)), tried(30, "login")])
    assert {alert.rule for alert in book.forget("web-01", at(40))} == {"failed", "guessed"}
    assert not feed(book, [tried(50)])


def test_a_flood_of_sources_is_bounded(tried: MakeEvent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failed_logins, "TRACKS_KEPT", 50)
    rule = failed_logins.FailedLogins(RuleContext(RuleSettings(), OpenAlerts()))
    assert not any(rule.on_failed_login(tried(n / 100, source=f"source {n}"), at(5)) for n in range(500))
    assert len(rule._tracks) == 50


def test_a_hundred_sources_are_told_one_by_one_and_the_rest_together(tried: MakeEvent) -> None:
    book = RuleBook(RuleSettings())
    failures = [tried(n / 10, source=f"source {source}") for source in range(300) for n in range(9)]
    latest = {alert.key: alert for alert in feed(book, failures)}
    assert len(latest) == 101
    assert max(latest.values(), key=lambda alert: alert.level is Level.HIGH).text == (
        "failed logins from more than 100 sources"
    )

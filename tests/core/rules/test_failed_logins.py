from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from whotop.clock import SECOND_US
from whotop.core.keys import event_key
from whotop.core.rules import attacks, failed_logins
from whotop.core.rules.attack_tables import SprayingTable
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


ALONE = RuleSettings(spraying=SprayingTable(on=False))
"""No other rule tells of the same."""


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
    assert alert.text == "5 failed logins from 203.0.113.9 as 2 users"
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


def test_each_source_is_counted_by_itself(tried: MakeEvent) -> None:
    failures = [tried(number, machine=f"web-{number % 2}", source=f"203.0.113.{number % 4}") for number in range(19)]
    assert not feed(RuleBook(RuleSettings()), failures[:16])


def test_a_source_that_tries_other_machines_is_one_alert_that_grows(tried: MakeEvent) -> None:
    book = RuleBook(RuleSettings())
    alone = feed(book, [tried(number) for number in range(6)])[-1]
    (grown,) = feed(book, [tried(10, machine="db-02", user="admin")])
    assert (alone.machine, alone.machines) == ("web-01", ())
    assert (grown.machine, grown.machines, grown.key) == ("", ("web-01", "db-02"), alone.key)
    assert grown.text == "7 failed logins from 203.0.113.9 on 2 machines as 2 users"


def test_an_attack_on_two_hundred_machines_is_one_alert(tried: MakeEvent) -> None:
    failures = [
        tried(number / 10, machine=f"web-{number % 200:03}", user=f"user{number % 31}") for number in range(412)
    ]
    book = RuleBook(ALONE)
    alerts = feed(book, failures)
    alerts += book.tick(at(41.1 + 601))
    assert len({alert.key for alert in alerts}) == 1
    assert len(alerts) < 60
    *_, last, over = alerts
    assert last.text == "412 failed logins from 203.0.113.9 on 200 machines as 31 users"
    assert (last.machine, len(last.machines), last.level) == ("", 200, Level.HIGH)
    assert not over.is_open
    assert book.tick(at(2_000)) == []


def test_twenty_failures_over_the_fleet_are_enough_where_no_machine_has_five(tried: MakeEvent) -> None:
    book = RuleBook(ALONE)
    failures = [tried(number, machine=f"web-{number}") for number in range(20)]
    assert not feed(book, failures[:19])
    (alert,) = feed(book, failures[19:])
    assert len(alert.machines) == 20


def test_where_spraying_tells_of_a_source_its_alert_is_the_only_one(tried: MakeEvent) -> None:
    book = RuleBook(RuleSettings())
    opened, *_ = feed(book, [tried(number, user=f"user{number}") for number in range(5)])
    changed = feed(book, [tried(number, user=f"user{number}") for number in range(5, 9)])
    assert opened.rule == "failed"
    assert [(alert.rule, alert.is_open) for alert in changed[:2]] == [("spraying", True), ("failed", False)]
    assert changed[1].text == "5 failed logins from 203.0.113.9 as 5 users; goes on as spraying"
    assert {alert.rule for alert in changed[2:]} == {"spraying"}


@pytest.mark.parametrize("source", ["", "127.0.0.1", "::1", "localhost", ":0", "tmux(7).%0"])
def test_the_console_of_one_machine_is_not_that_of_another(tried: MakeEvent, source: str) -> None:
    book = RuleBook(RuleSettings())
    alerts = feed(book, [tried(n, machine=f"web-{n % 2}", source=source) for n in range(10)])
    assert sorted(alert.machine for alert in alerts) == ["web-0", "web-1"]
    assert len(book.tick(at(1_000))) == 2


def test_what_is_untold_is_told_after_ten_seconds(tried: MakeEvent) -> None:
    book = RuleBook(RuleSettings())
    feed(book, [tried(number / 100) for number in range(110)])
    (told,) = book.tick(at(12))
    assert told.count == 110
    assert book.tick(at(30)) == []


def test_one_that_comes_back_a_little_later_is_the_same_alert_again(tried: MakeEvent) -> None:
    book = RuleBook(RuleSettings())
    (first,) = feed(book, [tried(number) for number in range(5)])
    book.tick(at(605))
    (again,) = feed(book, [tried(1_000 + number) for number in range(5)])
    assert (again.key, again.is_open, again.count) == (first.key, True, 10)
    assert again.text.startswith("10 failed logins")


def test_an_attack_that_comes_back_on_one_of_its_machines_is_the_same_one(tried: MakeEvent) -> None:
    book = RuleBook(ALONE)
    first = feed(book, [tried(number, machine=f"web-{number % 3}") for number in range(18)])[-1]
    book.tick(at(700))
    (again,) = feed(book, [tried(800 + number, machine="web-1") for number in range(5)])
    assert (again.key, len(again.machines), again.count) == (first.key, 3, 23)


def test_after_a_restart_an_attack_keeps_its_machines(tried: MakeEvent) -> None:
    alert = feed(RuleBook(ALONE), [tried(number, machine=f"web-{number % 3}") for number in range(18)])[-1]
    again = RuleBook(ALONE, [alert])
    (grown,) = feed(again, [tried(100, machine="db-02")])
    assert (grown.key, grown.count, len(grown.machines)) == (alert.key, alert.count + 1, 4)


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
    assert alert.text == "5 failed logins from the console as alice"


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


def test_all_machines_that_a_source_gets_into_are_one_alert(tried: MakeEvent) -> None:
    book = RuleBook(RuleSettings())
    failures = [tried(number / 10, machine=f"web-{number % 8}") for number in range(80)]
    logins = [tried(20 + number, "login", machine=f"web-{number}", user="ann") for number in range(3)]
    found = [alert for alert in feed(book, failures + logins) if alert.rule == "guessed"]
    assert len({alert.key for alert in found}) == 1
    assert (found[0].machine, found[-1].machines, found[-1].count) == ("web-0", ("web-0", "web-1", "web-2"), 3)
    assert found[-1].text == "3 logins on 3 machines as ann after 10 failures from 203.0.113.9"


def test_a_password_learned_elsewhere_is_told_of_too(tried: MakeEvent) -> None:
    failures = [tried(number / 10, machine=f"web-{number}") for number in range(30)]
    alerts = feed(RuleBook(RuleSettings()), [*failures, tried(20, "login", machine="db-02")])
    (alert,) = [alert for alert in alerts if alert.rule == "guessed"]
    assert (alert.machine, alert.text) == ("db-02", "login as alice after 30 failures from 203.0.113.9")


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
    monkeypatch.setattr(attacks, "PLACES_KEPT", 50)
    rule = failed_logins.FailedLogins(RuleContext(RuleSettings(), OpenAlerts()))
    assert not any(rule.on_failed_login(tried(n / 100, source=f"192.0.2.{n}"), at(5)) for n in range(500))
    assert len(rule.attacks) == 50


def test_a_hundred_sources_are_told_one_by_one_and_the_rest_together(tried: MakeEvent) -> None:
    book = RuleBook(RuleSettings())
    failures = [tried(n / 10, source=f"192.0.2.{source}") for source in range(250) for n in range(9)]
    latest = {alert.key: alert for alert in feed(book, failures)}
    assert len(latest) == 101
    assert max(latest.values(), key=lambda alert: alert.level is Level.HIGH).text == (
        "failed logins from more than 100 sources"
    )

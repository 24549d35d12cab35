"""A log that somebody emptied is an alert, unless it was history."""

from __future__ import annotations

from whotop.clock import DAY_US
from whotop.core.rules.book import RuleBook
from whotop.core.rules.machine_tables import ClearedTable
from whotop.core.rules.settings import RuleSettings
from whotop.model import Event, EventKind, Level, Standing

NOW_US = 1_795_176_000_000_000


def cleared(standing: Standing = Standing.LIVE) -> Event:
    return Event(
        machine="ws-07",
        kind=EventKind.LOG_CLEARED,
        time_us=NOW_US,
        user="eve",
        detail="Security log",
        standing=standing,
        key=b"k",
    )


def test_it_is_high_and_says_who() -> None:
    (alert,) = RuleBook(RuleSettings()).on_log_cleared(cleared(), NOW_US)
    assert (alert.level, alert.machine, alert.subject) == (Level.HIGH, "ws-07", "Security log")
    assert alert.text == "Security log cleared by eve"
    assert (alert.evidence, alert.late) == ((b"k",), False)


def test_it_counts_and_does_not_repeat() -> None:
    book = RuleBook(RuleSettings())
    (first,) = book.on_log_cleared(cleared(), NOW_US)
    (second,) = book.on_log_cleared(cleared(Standing.LATE), NOW_US + 1)
    assert second.key == first.key
    assert second.text == "Security log cleared by eve, 2 times"


def test_history_is_no_alert() -> None:
    assert RuleBook(RuleSettings()).on_log_cleared(cleared(Standing.HISTORY), NOW_US) == []


def test_it_can_be_silenced() -> None:
    assert RuleBook(RuleSettings(cleared=ClearedTable(on=False))).on_log_cleared(cleared(), NOW_US) == []


def test_it_is_over_after_a_day() -> None:
    book = RuleBook(RuleSettings())
    book.on_log_cleared(cleared(), NOW_US)
    assert book.tick(NOW_US + DAY_US - 1) == []
    assert [alert.is_open for alert in book.tick(NOW_US + DAY_US)] == [False]

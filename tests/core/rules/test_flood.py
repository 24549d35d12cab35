"""More events than are kept of one machine are one alert, with their count."""

from __future__ import annotations

from whotop.core.rules.book import RuleBook
from whotop.core.rules.settings import RuleSettings
from whotop.model import Alert, Level, Machine

NOON_US = 1_763_726_400_000_000


def told(book: RuleBook, not_kept: int) -> list[Alert]:
    alerts = book.on_machine(Machine(name="web-01", address="web-01", not_kept=not_kept), NOON_US)
    return [alert for alert in alerts if alert.rule == "flood"]


def test_it_opens_with_the_first_and_says_how_many() -> None:
    (alert,) = told(RuleBook(RuleSettings()), 1_200)
    assert (alert.machine, alert.level) == ("web-01", Level.HIGH)
    assert alert.text == "1,200 events or more were counted, not kept"


def test_it_is_worded_anew_when_they_are_twice_as_many() -> None:
    book = RuleBook(RuleSettings())
    told(book, 1_200)
    assert told(book, 2_399) == []
    (grown,) = told(book, 2_400)
    assert grown.text.startswith("2,400 ")


def test_it_resolves_when_there_are_none_any_more() -> None:
    book = RuleBook(RuleSettings())
    told(book, 1)
    (over,) = told(book, 0)
    assert not over.is_open
    assert told(book, 0) == []

"""What a machine wrote down and holds no more."""

from __future__ import annotations

import pytest

from whotop.clock import DAY_US
from whotop.core.rules.book import RuleBook
from whotop.core.rules.machine_tables import TamperingTable
from whotop.core.rules.settings import RuleSettings
from whotop.model import Level, Origin

NOON_US = 1_763_726_400_000_000


@pytest.fixture
def book() -> RuleBook:
    return RuleBook(RuleSettings())


def test_a_rewritten_origin_is_a_high_alert_about_it(book: RuleBook) -> None:
    (alert,) = book.on_rewritten("web-01", Origin.WTMP, NOON_US, late=False)
    assert (alert.rule, alert.level, alert.machine, alert.subject) == ("tampering", Level.HIGH, "web-01", "wtmp")
    assert alert.text == "wtmp was shrunk or rewritten"


def test_each_origin_has_its_own_and_each_grows(book: RuleBook) -> None:
    book.on_rewritten("web-01", Origin.WTMP, NOON_US, late=True)
    (other,) = book.on_rewritten("web-01", Origin.BTMP, NOON_US, late=False)
    (grown,) = book.on_erased("web-01", Origin.WTMP, NOON_US + 1, late=False)
    assert other.count == 1
    assert (grown.count, grown.text, grown.late) == (2, "wtmp holds erased records, 2 findings", True)


def test_it_stands_for_a_day(book: RuleBook) -> None:
    book.on_rewritten("web-01", Origin.WTMP, NOON_US, late=False)
    assert book.tick(NOON_US + DAY_US - 1) == []
    (done,) = book.tick(NOON_US + DAY_US)
    assert not done.is_open


def test_it_can_be_turned_off() -> None:
    book = RuleBook(RuleSettings(tampering=TamperingTable(on=False)))
    assert book.on_rewritten("web-01", Origin.WTMP, NOON_US, late=False) == []
    assert book.on_erased("web-01", Origin.WTMP, NOON_US, late=False) == []

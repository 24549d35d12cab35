from __future__ import annotations

from typing import Any

import pytest

from tests.core.conftest import make_event
from whotop.clock import MINUTE_US, SECOND_US
from whotop.core.allowance import OVER_AFTER_US, Allowance
from whotop.model import Event

NOON_US = 1_763_726_400_000_000


def events(count: int, kind: str = "login", **fields: Any) -> list[Event]:
    return [make_event(kind, number, **fields) for number in range(count)]


@pytest.fixture
def allowance() -> Allowance:
    return Allowance(burst=10, per_minute=60)


def test_what_is_within_it_is_kept_in_its_order(allowance: Allowance) -> None:
    told = events(10)
    assert allowance.kept(told, NOON_US) == told
    assert allowance.not_kept == 0


def test_what_is_over_it_is_counted(allowance: Allowance) -> None:
    told = events(15)
    assert allowance.kept(told, NOON_US) == told[:10]
    assert allowance.not_kept == 5


def test_it_grows_with_time_up_to_the_burst(allowance: Allowance) -> None:
    allowance.kept(events(10), NOON_US)
    assert len(allowance.kept(events(10), NOON_US + 3 * SECOND_US)) == 3
    assert len(allowance.kept(events(20), NOON_US + 60 * MINUTE_US)) == 10


def test_a_clock_that_is_set_back_gives_nothing(allowance: Allowance) -> None:
    allowance.kept(events(10), NOON_US)
    assert allowance.kept(events(1), NOON_US - MINUTE_US) == []
    assert len(allowance.kept(events(10), NOON_US - MINUTE_US + 2 * SECOND_US)) == 2


def test_failed_logins_take_nothing_from_the_others(allowance: Allowance) -> None:
    allowance.kept(events(50, "failed"), NOON_US)
    assert len(allowance.kept(events(5), NOON_US)) == 5
    assert allowance.not_kept == 40


def test_the_count_begins_anew_when_nothing_was_over_for_ten_minutes(allowance: Allowance) -> None:
    allowance.kept(events(15), NOON_US)
    assert allowance.settle(NOON_US + OVER_AFTER_US - 1) == 5
    assert allowance.settle(NOON_US + OVER_AFTER_US) == 0


def test_a_list_that_stays_the_same_costs_once(allowance: Allowance) -> None:
    reports = events(8)
    for _ in range(20):
        assert allowance.listed(reports, NOON_US) == reports
    assert allowance.not_kept == 0


def test_who_is_listed_over_it_is_left_out_and_counted_once(allowance: Allowance) -> None:
    reports = events(12)
    for _ in range(3):
        assert allowance.listed(reports, NOON_US) == reports[:10]
    assert allowance.not_kept == 2
    assert allowance.listed(reports, NOON_US + 2 * SECOND_US) == reports

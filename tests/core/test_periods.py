"""Periods carry their last day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.core.periods import Period

DAYS = st.dates(date(1970, 1, 1), date(2199, 12, 31))


@pytest.mark.parametrize(
    ("period", "last"),
    [("d", "2024-02-14"), ("w", "2024-02-18"), ("m", "2024-02-29"), ("q", "2024-03-31"), ("y", "2024-12-31")],
)
def test_a_day_lies_in_the_period_that_is_named_after_its_last_day(period: str, last: str) -> None:
    assert Period(period).last_day(date(2024, 2, 14)) == date.fromisoformat(last)


def test_a_week_runs_from_monday_to_sunday() -> None:
    monday, sunday = date(2024, 1, 1), date(2024, 1, 7)
    assert {Period.WEEK.last_day(monday + timedelta(days=day)) for day in range(7)} == {sunday}
    assert Period.WEEK.first_day(sunday) == monday


@given(st.sampled_from(Period), DAYS)
def test_the_day_after_the_last_one_begins_the_next_period(period: Period, day: date) -> None:
    next_day = period.last_day(day) + timedelta(days=1)
    assert period.first_day(day) <= day <= period.last_day(day)
    assert period.first_day(next_day) == next_day


def test_a_range_has_every_period_that_it_touches() -> None:
    assert list(Period.QUARTER.last_days(date(2023, 12, 31), date(2024, 4, 1))) == [
        date(2023, 12, 31),
        date(2024, 3, 31),
        date(2024, 6, 30),
    ]


def test_one_day_touches_one_period() -> None:
    assert list(Period.YEAR.last_days(date(2024, 12, 31), date(2024, 12, 31))) == [date(2024, 12, 31)]

"""Unique users per period, as data."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from whotop.core.periods import Period
from whotop.core.usage import DayUsage, UsageQuestion, UsageReport, usage_question, usage_report
from whotop.errors import UsageError

TODAY = date(2024, 6, 30)
ANN, BOB = 0b01, 0b10


def report(period: Period, start: str, end: str, *days: tuple[str, int]) -> UsageReport:
    question = UsageQuestion(period=period, start=date.fromisoformat(start), end=date.fromisoformat(end))
    return usage_report(question, [DayUsage(date.fromisoformat(day), users, 1) for day, users in days], "UTC")


def counts(made: UsageReport) -> list[tuple[str, int]]:
    return [(one.last_day.isoformat(), one.users) for one in made.periods]


def test_a_user_of_two_days_of_a_week_counts_once_in_it() -> None:
    made = report(Period.WEEK, "2024-01-01", "2024-01-14", ("2024-01-01", ANN), ("2024-01-07", ANN | BOB))
    assert counts(made) == [("2024-01-07", 2), ("2024-01-14", 0)]


def test_periods_without_a_login_are_there_as_0() -> None:
    made = report(Period.MONTH, "2024-01-15", "2024-03-02", ("2024-01-20", ANN), ("2024-03-01", BOB))
    assert counts(made) == [("2024-01-31", 1), ("2024-02-29", 0), ("2024-03-31", 1)]


def test_days_outside_the_range_do_not_count_in_its_first_and_last_period() -> None:
    made = report(Period.YEAR, "2024-02-01", "2024-02-29", ("2024-01-31", ANN), ("2024-02-01", BOB))
    assert counts(made) == [("2024-12-31", 1)]
    assert made.days_of(made.periods[0]) == (date(2024, 2, 1), date(2024, 2, 29))


def test_a_day_may_be_told_in_parts() -> None:
    made = report(Period.DAY, "2024-01-01", "2024-01-01", ("2024-01-01", ANN), ("2024-01-01", BOB))
    assert (made.periods[0].users, made.periods[0].logins) == (2, 2)


def test_without_a_range_the_last_90_days_are_meant_and_weeks() -> None:
    question = usage_question(today=TODAY)
    assert (question.period, question.end - question.start, question.end) == (Period.WEEK, timedelta(days=90), TODAY)


def test_a_period_may_be_said_as_a_letter_or_a_word() -> None:
    assert usage_question("Quarter", today=TODAY).period is usage_question("q", today=TODAY).period is Period.QUARTER


@pytest.mark.parametrize(
    ("start", "end", "what"),
    [
        ("2024-06-02", "2024-06-01", "[2024-06-02 - 2024-06-01]: it ends before it starts"),
        ("2024-06-02", "2024-07-01", "[2024-06-02 - 2024-07-01]: 2024-07-01 is in the future (today is 2024-06-30)"),
        ("1969-12-31", "2024-06-01", "[1969-12-31 - 2024-06-01]: at most a century, and nothing before 1970-01-01"),
    ],
)
def test_an_impossible_range_is_refused_with_both_dates(start: str, end: str, what: str) -> None:
    with pytest.raises(UsageError) as refused:
        usage_question(start=date.fromisoformat(start), end=date.fromisoformat(end), today=TODAY)
    assert str(refused.value) == f"unexpected date range {what}"


def test_an_unknown_period_is_refused() -> None:
    with pytest.raises(UsageError, match='"fortnight" is no period'):
        usage_question("fortnight", today=TODAY)

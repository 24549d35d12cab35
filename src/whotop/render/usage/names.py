"""What a period is called."""

from __future__ import annotations

from datetime import date

from whotop.core.periods import Period
from whotop.core.usage import UsageReport

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def heading(report: UsageReport) -> str:
    """``unique users per week, 2024-01-01 to 2024-03-31, days of UTC``."""
    chosen = f", {report.where}" if report.where else ""
    by = f" by {report.by}" if report.by else ""
    return (
        f"unique users per {report.period.word}{by}, {report.start} to {report.end}, days of {report.time_zone}{chosen}"
    )


def column_name(period: Period) -> str:
    """What stands over a column of last days: ``day``, ``week to``, ``month to``."""
    return "day" if period is Period.DAY else f"{period.word} to"


def short_name(period: Period, last_day: date) -> str:
    """Under a bar: ``7 Jan``, ``Jan 2024``, ``Q1 2024``, ``2024``; a week by its Sunday."""
    if period is Period.YEAR:
        return str(last_day.year)
    if period is Period.QUARTER:
        return f"Q{last_day.month // 3} {last_day.year}"
    month = _MONTHS[last_day.month - 1]
    return f"{month} {last_day.year}" if period is Period.MONTH else f"{last_day.day} {month}"


def label_names(period: Period, last_days: list[date]) -> list[str]:
    """The names under the bars of one chart: days and weeks of more than a year say their year."""
    spans_years = bool(last_days) and (last_days[-1] - last_days[0]).days > 360
    if period in (Period.DAY, Period.WEEK) and spans_years:
        return [f"{_MONTHS[day.month - 1]} {day.year}" for day in last_days]
    return [short_name(period, day) for day in last_days]

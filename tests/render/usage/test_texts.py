"""Usage as a table, as CSV, as JSON and as a chart made of text."""

from __future__ import annotations

import json
from datetime import date

from whotop.core.periods import Period
from whotop.core.usage import PeriodUsage, UsageReport
from whotop.render.usage import CsvStyle, UsageFormat, render_usage
from whotop.render.usage.texts import plot_lines

REPORT = UsageReport(
    period=Period.WEEK,
    start=date(2024, 1, 3),
    end=date(2024, 1, 16),
    time_zone="UTC",
    periods=(
        PeriodUsage(date(2024, 1, 7), 3, 1_205),
        PeriodUsage(date(2024, 1, 14), 0, 0),
        PeriodUsage(date(2024, 1, 21), 12, 40),
    ),
)


def rendered(format: UsageFormat, style: CsvStyle = CsvStyle.PANDAS) -> str:  # noqa: A002 - the word of the command line
    return render_usage(REPORT, format, style).decode()


def test_the_csv_is_what_pandas_writes() -> None:
    assert rendered(UsageFormat.CSV) == ",timestamp,user\n0,2024-01-07,3\n1,2024-01-14,0\n2,2024-01-21,12\n"


def test_the_plain_csv_says_which_days_were_counted() -> None:
    assert rendered(UsageFormat.CSV, CsvStyle.PLAIN).splitlines() == [
        "first_day,last_day,users,logins",
        "2024-01-03,2024-01-07,3,1205",
        "2024-01-08,2024-01-14,0,0",
        "2024-01-15,2024-01-16,12,40",
    ]


def test_the_text_is_a_table() -> None:
    assert rendered(UsageFormat.TEXT).splitlines() == [
        "unique users per week, 2024-01-03 to 2024-01-16, days of UTC",
        "",
        "week to     users  logins",
        "2024-01-07      3   1,205",
        "2024-01-14      0       0",
        "2024-01-21     12      40",
    ]


def test_the_json_is_one_object() -> None:
    told = json.loads(rendered(UsageFormat.JSON))
    assert (told["aggregate"], told["start"], told["where"]) == ("w", "2024-01-03", None)
    assert told["periods"][2] == {"first_day": "2024-01-15", "last_day": "2024-01-21", "users": 12, "logins": 40}


def test_the_plot_is_bars_over_an_axis() -> None:
    assert plot_lines(REPORT, 31, 9)[2:] == [
        "20│",
        "  │",
        "  │                  ████████",
        "  │                  ████████",
        "  │▆▆▆▆▆▆▆▆          ████████",
        " 0┴────────────────────────────",
        "    7 Jan    14 Jan   21 Jan",
    ]

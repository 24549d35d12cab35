"""Usage within a report of who is on which machine."""

from __future__ import annotations

import json
from datetime import date

from msgspec.structs import replace

from whotop.core.periods import Period
from whotop.core.report import Report, totals_of
from whotop.core.usage import PeriodUsage, UsageReport
from whotop.render import Format, render

WEEKS = tuple(PeriodUsage(date(2026, 10, 4 + 7 * number), number, 10 * number) for number in range(4))
USAGE = UsageReport(period=Period.WEEK, start=date(2026, 9, 28), end=date(2026, 10, 25), time_zone="UTC", periods=WEEKS)
REPORT = Report(made_us=1, at_us=1, totals=totals_of((), 0), machines=())


def rendered(report: Report, format: Format) -> str:  # noqa: A002 - the word of the command line
    return render(report, format).decode()


def test_the_newest_weeks_come_first() -> None:
    lines = rendered(replace(REPORT, usage=USAGE), Format.TEXT).splitlines()
    assert lines[:2] == ["usage: 3 users in the week to 2026-10-25", "usage: 2 users in the week to 2026-10-18"]
    page = rendered(replace(REPORT, usage=USAGE), Format.MARKDOWN)
    assert "## Unique users per week, 2026-09-28 to 2026-10-25" in page
    assert "| 2026-10-25 | 3 | 30 |\n| 2026-10-18 | 2 | 20 |" in page


def test_json_tells_it_as_the_command_does() -> None:
    assert json.loads(rendered(replace(REPORT, usage=USAGE), Format.JSON))["usage"]["periods"][3]["users"] == 3
    assert json.loads(rendered(REPORT, Format.JSON))["usage"] is None


def test_what_was_not_asked_for_is_not_told() -> None:
    assert rendered(REPORT, Format.TEXT) == ""
    assert "users per" not in rendered(REPORT, Format.HTML)

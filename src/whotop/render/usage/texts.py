"""A report of usage as a table for people, as CSV and as JSON."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from whotop.core.usage import UsageReport
from whotop.render.usage.bars import bar_chart
from whotop.render.usage.names import column_name, heading, label_names


def text_lines(report: UsageReport) -> list[str]:
    """A heading, and a line a period."""
    head = (column_name(report.period), "users", "logins")
    rows = [(str(one.last_day), f"{one.users:,}", f"{one.logins:,}") for one in report.periods]
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    return [heading(report), "", *(_line(row, widths) for row in (head, *rows))]


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    name, *figures = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
    return "  ".join([name.strip().ljust(widths[0]), *figures])


def plot_lines(report: UsageReport, width: int, height: int) -> list[str]:
    """A chart made of text, a heading over it."""
    names = label_names(report.period, [one.last_day for one in report.periods])
    chart = bar_chart([one.users for one in report.periods], names, width, height - 2)
    return [heading(report), "", *(f"{scale}{text}".rstrip() for scale, text in chart.lines)]


def pandas_csv(report: UsageReport) -> Iterator[str]:
    """The lines that ``DataFrame.to_csv`` writes: a number without a name, ``timestamp``, ``user``."""
    yield ",timestamp,user"
    for number, one in enumerate(report.periods):
        yield f"{number},{one.last_day},{one.users}"


def plain_csv(report: UsageReport) -> Iterator[str]:
    """For people and other programs: the days of each period that lie in the range, users, logins."""
    yield "first_day,last_day,users,logins"
    for one in report.periods:
        first, last = report.days_of(one)
        yield f"{first},{last},{one.users},{one.logins}"


def json_document(report: UsageReport) -> bytes:
    """One object, indented by two."""
    return msgspec.json.format(msgspec.json.encode(usage_document(report)), indent=2) + b"\n"


def usage_document(report: UsageReport) -> dict[str, object]:
    """What JSON says of usage; ``periods`` are named after their ``last_day``."""
    periods = [
        {
            "first_day": report.period.first_day(one.last_day),
            "last_day": one.last_day,
            "users": one.users,
            "logins": one.logins,
        }
        for one in report.periods
    ]
    return {
        "aggregate": report.period.value,
        "start": report.start,
        "end": report.end,
        "time_zone": report.time_zone,
        "where": report.where or None,
        "periods": periods,
    }

"""A report of usage as a table for people, as CSV and as JSON."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from whotop.core.usage import Part, PeriodUsage, UsageReport
from whotop.render.csv_table import guarded
from whotop.render.usage.bars import bar_chart
from whotop.render.usage.names import column_name, heading, label_names
from whotop.text import cells, fit


def text_lines(report: UsageReport) -> list[str]:
    """A heading, and a line a period; told apart, a line a period and part."""
    head = (column_name(report.period), *([report.by] if report.by else []), "users", "logins")
    rows = [
        (str(one.last_day), *([name] if report.by else []), f"{one.users:,}", f"{one.logins:,}")
        for name, one in rows_of(report)
    ]
    widths = [max(map(cells, column)) for column in zip(head, *rows, strict=True)]
    return [heading(report), "", *(_line(row, widths) for row in (head, *rows))]


def rows_of(report: UsageReport) -> Iterator[tuple[str, PeriodUsage]]:
    """Every period of the whole, or, where it is told apart, of every part: period after period."""
    if report.by is None:
        yield from (("", one) for one in report.periods)
        return
    for place in range(len(report.periods)):
        yield from ((part.name, part.periods[place]) for part in report.parts)


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    *names, users, logins = row
    told = [fit(name, width) for name, width in zip(names, widths, strict=False)]
    return "  ".join([*told, users.rjust(widths[-2]), logins.rjust(widths[-1])])


def plot_lines(report: UsageReport, width: int, height: int) -> list[str]:
    """A chart made of text, a heading over it."""
    names = label_names(report.period, [one.last_day for one in report.periods])
    chart = bar_chart([one.users for one in report.periods], names, width, height - 2)
    return [heading(report), "", *(f"{scale}{text}".rstrip() for scale, text in chart.lines)]


def pandas_csv(report: UsageReport) -> Iterator[str]:
    """The lines that ``DataFrame.to_csv`` writes: a number without a name, ``timestamp``, ``user``.

    Told apart, the name stands between them; by user, where they would all be 1, logins are counted.
    """
    if report.by is None:
        yield ",timestamp,user"
    else:
        yield ",timestamp,user,logins" if report.by is Part.USER else f",timestamp,{report.by},user"
    for number, (name, one) in enumerate(rows_of(report)):
        part = f"{_cell(name)}," if report.by else ""
        yield f"{number},{one.last_day},{part}{one.logins if report.by is Part.USER else one.users}"


def plain_csv(report: UsageReport) -> Iterator[str]:
    """For people and other programs: the days of each period that lie in the range, users, logins."""
    by = f"{report.by}," if report.by else ""
    yield f"first_day,last_day,{by}users,logins"
    for name, one in rows_of(report):
        first, last = report.days_of(one)
        part = f"{_cell(name)}," if report.by else ""
        yield f"{first},{last},{part}{one.users},{one.logins}"


def _cell(name: str) -> str:
    """A name as a cell that no spreadsheet runs."""
    text = guarded(name)
    return '"' + text.replace('"', '""') + '"' if set(text) & set(',"\r\n') else text


def json_document(report: UsageReport) -> bytes:
    """One object, indented by two."""
    return msgspec.json.format(msgspec.json.encode(usage_document(report)), indent=2) + b"\n"


def usage_document(report: UsageReport) -> dict[str, object]:
    """What JSON says of usage; ``periods`` are named after their ``last_day``."""
    told: dict[str, object] = {
        "aggregate": report.period.value,
        "start": report.start,
        "end": report.end,
        "time_zone": report.time_zone,
        "where": report.where or None,
        "periods": _periods(report, report.periods),
    }
    if report.by is not None:
        told["by"] = report.by.value
        told["parts"] = [{"name": part.name, "periods": _periods(report, part.periods)} for part in report.parts]
    return told


def _periods(report: UsageReport, periods: tuple[PeriodUsage, ...]) -> list[dict[str, object]]:
    return [
        {
            "first_day": report.period.first_day(one.last_day),
            "last_day": one.last_day,
            "users": one.users,
            "logins": one.logins,
        }
        for one in periods
    ]

"""``/report``: who is on which machine, the same report that the screen leaves and ``whotop report`` prints."""

from __future__ import annotations

from whotop.core.report import Report, report_of_fleet
from whotop.core.report_where import parse_where, report_where
from whotop.render import Format, render
from whotop.web.question import Filter, Kind, KindQuestion
from whotop.web.resource import Resource
from whotop.web.sources import Sources

FORMATS = {Kind.CSV: Format.CSV, Kind.HTML: Format.HTML, Kind.TEXT: Format.TEXT, Kind.JSON: Format.JSON}


class ReportQuestion(KindQuestion, frozen=True, kw_only=True):
    """A filter for sessions."""

    where: Filter = ""


async def report(question: ReportQuestion, sources: Sources) -> Report:
    """As of now. Raises QueryError."""
    query = parse_where(question.where)
    now_us = sources.clock.now_us()
    made = report_of_fleet(sources.live.fleet, made_us=now_us, zone=sources.zone)
    return made if query.is_empty else report_where(made, query)


RESOURCE = Resource(
    path="/report",
    summary="The snapshot report: who is on which machine",
    question=ReportQuestion,
    respond=report,
    render=lambda made, kind: render(made, FORMATS[kind]),
)

"""``/usage/raw`` and ``/usage/plot``: unique users per period, as data and as a chart."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from whotop.config.zones import zone_named
from whotop.core.days import day_at
from whotop.core.periods import Period
from whotop.core.usage import UsageReport, usage_question
from whotop.core.usage_where import parse_usage_where
from whotop.render.usage import UsageFormat, render_usage
from whotop.web.documents import Document
from whotop.web.question import Filter, Kind, KindQuestion, Question
from whotop.web.resource import Resource, json_of
from whotop.web.sources import Sources

FORMATS = {Kind.CSV: UsageFormat.CSV, Kind.HTML: UsageFormat.HTML, Kind.TEXT: UsageFormat.TEXT}

Start = Annotated[date, Meta(description="The first day, included; else 90 days before the end.")] | UnsetType
End = Annotated[date, Meta(description="The last day, included; else today.")] | UnsetType
Aggregate = Annotated[Period, Meta(description="Days, weeks, months, quarters or years.")]


class UsageRawQuestion(KindQuestion, frozen=True, kw_only=True):
    """Which days, gathered into which periods."""

    start: Start = UNSET
    end: End = UNSET
    aggregate: Aggregate = Period.WEEK
    where: Filter = ""


class UsagePlotQuestion(Question, frozen=True, kw_only=True):
    """Which days, gathered into which periods, in which colours."""

    start: Start = UNSET
    end: End = UNSET
    aggregate: Aggregate = Period.WEEK
    where: Filter = ""
    scheme: Annotated[Literal["light", "dark"], Meta(description="Of the page that draws it.")] = "light"


class PeriodDocument(Document, frozen=True, kw_only=True):
    """One period; it is called by its last day."""

    timestamp: date
    user: int
    """Different users who logged in."""
    logins: int


class UsageAnswer(Document, frozen=True, kw_only=True):
    """Every period of the range, the earliest first, those without a login as 0."""

    aggregate: Period
    start: date
    end: date
    time_zone: str
    data: tuple[PeriodDocument, ...]


async def report(question: UsageRawQuestion | UsagePlotQuestion, sources: Sources) -> UsageReport:
    """Raises UsageError for the range, QueryError for the filter, StoreError."""
    counted = sources.counted
    parse_usage_where(question.where)
    asked = usage_question(
        question.aggregate,
        None if isinstance(question.start, UnsetType) else question.start,
        None if isinstance(question.end, UnsetType) else question.end,
        today=day_at(sources.clock.now_us(), zone_named(counted.time_zone)),
        time_zone=counted.time_zone,
        excluded=counted.exclude_users,
        where=question.where,
    )
    return await sources.usage.report(asked)


def rendered(made: UsageReport, kind: Kind) -> bytes:
    """In the form that was asked for."""
    return json_of(answer_of(made)) if kind is Kind.JSON else render_usage(made, FORMATS[kind])


def answer_of(made: UsageReport) -> UsageAnswer:
    """The report as the API's JSON."""
    return UsageAnswer(
        aggregate=made.period,
        start=made.start,
        end=made.end,
        time_zone=made.time_zone,
        data=tuple(PeriodDocument(timestamp=one.last_day, user=one.users, logins=one.logins) for one in made.periods),
    )


async def plot(question: UsagePlotQuestion, sources: Sources) -> bytes:
    """Bokeh's JSON; it is loaded and drawn with in a thread: half a second at first, then 20 ms."""
    made = await report(question, sources)
    return await asyncio.to_thread(_plotted, made, question.scheme)


def _plotted(made: UsageReport, scheme: str) -> bytes:
    from whotop.web.plot import SCHEMES, usage_plot

    return msgspec.json.encode(usage_plot(made, SCHEMES[scheme]))


RAW = Resource(
    path="/usage/raw",
    summary="Unique users per day, week, month, quarter or year",
    question=UsageRawQuestion,
    answer=UsageAnswer,
    respond=report,
    render=rendered,
    methods=("GET", "POST"),
)
PLOT = Resource(
    path="/usage/plot",
    summary="The same as a chart: Bokeh's json_item",
    question=UsagePlotQuestion,
    respond=plot,
    render=lambda made, kind: made,
    kinds=(Kind.JSON,),
    methods=("GET", "POST"),
)

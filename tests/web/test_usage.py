"""Usage over HTTP: as the older API answered, and what it would have stumbled over."""

from __future__ import annotations

import asyncio
from datetime import date

import httpx
import pytest

from tests.web.world import PLENTY, World
from whotop.clock import ManualClock
from whotop.core.usage import UsageQuestion, UsageReport, usage_question, usage_report
from whotop.errors import StoreError, UsageError
from whotop.web.usage_cache import UsageCache

RANGE = {"start": "2026-11-01", "end": "2026-11-20"}
WEEKS = ",timestamp,user\n0,2026-11-01,0\n1,2026-11-08,3\n2,2026-11-15,0\n3,2026-11-22,2\n"


async def test_csv_is_what_pandas_wrote_for_the_older_api(client: httpx.AsyncClient) -> None:
    response = await client.get("/usage/raw", params={**RANGE, "content_type": "csv"})
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.text == WEEKS


async def test_a_post_is_answered_like_a_get(client: httpx.AsyncClient) -> None:
    asked = {**RANGE, "content_type": "csv"}
    by_form, by_json = await client.post("/usage/raw", data=asked), await client.post("/usage/raw", json=asked)
    assert by_form.text == by_json.text == WEEKS


@pytest.mark.parametrize(
    ("aggregate", "answer"),
    [
        ("m", [("2026-11-30", 3, 6)]),
        ("q", [("2026-12-31", 3, 6)]),
        ("y", [("2026-12-31", 3, 6)]),
    ],
)
async def test_longer_periods_carry_their_last_day(
    client: httpx.AsyncClient, aggregate: str, answer: list[tuple[str, int, int]]
) -> None:
    data = (await client.get("/usage/raw", params={**RANGE, "aggregate": aggregate})).json()["data"]
    assert [tuple(period.values()) for period in data] == answer


async def test_without_a_range_it_is_the_last_90_days_by_week(client: httpx.AsyncClient) -> None:
    answer = (await client.get("/usage/raw")).json()
    assert (answer["aggregate"], answer["start"], answer["end"]) == ("w", "2026-08-22", "2026-11-20")
    assert answer["time_zone"] == "UTC"
    assert len(answer["data"]) == 14


async def test_the_accept_header_chooses_the_form(client: httpx.AsyncClient) -> None:
    for accept, content_type in (("text/csv", "text/csv"), ("text/html", "text/html"), ("text/plain", "text/plain")):
        response = await client.get("/usage/raw", headers={"accept": accept})
        assert response.headers["content-type"].startswith(content_type)
    response = await client.get("/usage/raw?content_type=json", headers={"accept": "text/csv"})
    assert response.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("start=2026-11-02&end=2026-11-01", "[2026-11-02 - 2026-11-01]: it ends before it starts"),
        ("end=2026-11-21", "2026-11-21 is in the future"),
        ("start=1900-01-01", "nothing before 1970"),
        ("start=0001-01-01&end=0001-01-02", "nothing before 1970"),
        ("end=1970-01-01&start=9999-12-31", "it ends before it starts"),
        ("where=colour:red", "no column colour here"),
    ],
)
@pytest.mark.parametrize("path", ["/usage/raw", "/usage/plot"])
async def test_an_impossible_range_is_refused_with_its_dates(
    client: httpx.AsyncClient, small: World, path: str, query: str, words: str
) -> None:
    response = await client.get(f"{path}?{query}")
    assert response.status_code == 400
    assert words in response.json()["error"]["message"]


async def test_what_the_store_cannot_tell_is_said(client: httpx.AsyncClient, small: World) -> None:
    small.feed.history.usage.refuses = UsageError("days of CET cannot be counted")
    assert (await client.get("/usage/raw")).json()["error"]["message"] == "days of CET cannot be counted"
    small.feed.history.usage.refuses = StoreError("whotop.db: disk full")
    assert (await client.get("/usage/raw")).status_code == 503


async def test_the_plot_is_a_figure_of_bokehs(client: httpx.AsyncClient) -> None:
    item = (await client.get("/usage/plot", params={**RANGE, "scheme": "dark"})).json()
    assert item["doc"]["roots"][0]["name"] == "Figure"
    assert "week to" not in str(item)
    assert "2026-11-02 to 2026-11-08" in str(item)


def answering(question: UsageQuestion) -> UsageReport:
    return usage_report(question, (), "UTC")


async def test_a_question_that_is_being_answered_is_not_asked_twice() -> None:
    asked: list[UsageQuestion] = []

    async def ask(question: UsageQuestion) -> UsageReport:
        asked.append(question)
        await asyncio.sleep(0)
        return answering(question)

    clock = ManualClock()
    cache = UsageCache(ask, clock.monotonic)
    question = usage_question(today=date(2026, 11, 20))
    first, second = await asyncio.gather(cache.report(question), cache.report(question))
    assert first is second
    assert len(asked) == 1
    clock.advance(3)
    await cache.report(question)
    assert len(asked) == 2, "what is older is asked anew"


async def test_a_question_that_failed_is_asked_anew() -> None:
    answers = [StoreError("locked"), None]

    async def ask(question: UsageQuestion) -> UsageReport:
        if error := answers.pop(0):
            raise error
        return answering(question)

    cache = UsageCache(ask, ManualClock().monotonic)
    question = usage_question(today=date(2026, 11, 20))
    with pytest.raises(StoreError):
        await cache.report(question)
    assert await cache.report(question) == answering(question)
    assert PLENTY.is_loopback

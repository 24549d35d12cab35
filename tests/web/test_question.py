"""Parameters: from the address, a form or JSON, into one checked struct."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET
from starlette.requests import Request
from starlette.types import Message

from whotop.core.periods import Period
from whotop.web.question import Kind, TableQuestion, question_of
from whotop.web.refusal import Refusal
from whotop.web.resources.usage import UsageRawQuestion

FORM = "application/x-www-form-urlencoded"


async def asked(query: bytes = b"", body: bytes = b"", content_type: str = FORM) -> UsageRawQuestion:
    return await question_of(request(query, body, content_type), UsageRawQuestion)


def request(query: bytes = b"", body: bytes = b"", content_type: str = FORM) -> Request:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    headers = [(b"content-type", content_type.encode("latin-1")), (b"host", b"localhost")]
    scope = {"type": "http", "method": "POST", "path": "/", "query_string": query, "headers": headers}
    return Request(scope, receive)


async def refused(query: bytes = b"", body: bytes = b"", content_type: str = FORM) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await asked(query, body, content_type)
    return caught.value


WANTED = UsageRawQuestion(start=date(2026, 1, 2), aggregate=Period.MONTH, content_type=Kind.CSV, where="user:ä b")


@pytest.mark.parametrize(
    ("query", "body", "content_type"),
    [
        (b"start=2026-01-02&aggregate=m&content_type=csv&where=user:%C3%A4+b", b"", FORM),
        (b"", b"start=2026-01-02&aggregate=m&content_type=csv&where=user:%C3%A4+b", FORM),
        (
            b"",
            '{"start": "2026-01-02", "aggregate": "m", "content_type": "csv", "where": "user:ä b"}'.encode(),
            "application/json; charset=utf-8",
        ),
    ],
    ids=["address", "form", "json"],
)
async def test_a_question_is_the_same_however_it_comes(query: bytes, body: bytes, content_type: str) -> None:
    assert await asked(query, body, content_type) == WANTED


async def test_nothing_is_asked_by_default() -> None:
    assert await asked() == UsageRawQuestion(start=UNSET, end=UNSET, aggregate=Period.WEEK, where="")


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        (b"aggregate=z", "aggregate", "d, w, m, q, y"),
        (b"start=2026-02-30", "start", "a day is written 2026-11-20"),
        (b"start=", "start", "a day is written"),
        (b"start=null", "start", "a day is written"),
        (b"end=2026-01-01T00:00:00", "end", "a day is written"),
        (b"wheer=x", "wheer", "no such parameter"),
        (b"where=a&where=a", "where", "twice"),
        (b"where=a%00b", "where", "NUL"),
        (b"where=" + b"x" * 1_001, "where", "length <= 1000"),
        (b"content_type=text/html", "content_type", "csv, html, text, json"),
        (b"&".join(b"p%d=1" % number for number in range(60)), None, "cannot be read"),
    ],
)
async def test_what_is_wrong_is_named(query: bytes, field: str | None, words: str) -> None:
    refusal = await refused(query)
    assert (refusal.status, refusal.field) == (400, field)
    assert words in refusal.message


@pytest.mark.parametrize(
    ("body", "content_type", "words"),
    [
        (b'{"where": 1}', "application/json", "expected str"),
        (b'{"where": null}', "application/json", "JSON object of texts and numbers"),
        (b'{"where": ["a"]}', "application/json", "JSON object of texts and numbers"),
        (b"[]", "application/json", "JSON object"),
        (b"{", "application/json", "JSON object"),
        (b"[" * 50_000, "application/json", "JSON object"),
        (b'{"where": "\xff"}', "application/json", "JSON object"),
        (b"<where/>", "text/xml", "application/json"),
        (b"x", "", "application/json"),
    ],
)
async def test_a_body_that_makes_no_sense_is_refused(body: bytes, content_type: str, words: str) -> None:
    refusal = await refused(b"", body, content_type)
    assert refusal.status == 400
    assert words in refusal.message


async def test_parameters_come_in_one_place() -> None:
    assert "not in both" in (await refused(b"where=a", b"where=b")).message


async def test_a_number_may_be_asked_for_in_json() -> None:
    question = await question_of(request(b"", b'{"limit": 7}', "application/json"), TableQuestion)
    assert question.limit == 7


@given(st.binary(max_size=60), st.binary(max_size=60), st.sampled_from([FORM, "application/json", "", "x/y"]))
def test_whatever_comes_is_a_question_or_refused(query: bytes, body: bytes, content_type: str) -> None:
    async def ask() -> int:
        try:
            await asked(query, body, content_type)
        except Refusal as refusal:
            return refusal.status
        return 200

    assert asyncio.run(ask()) in {200, 400}

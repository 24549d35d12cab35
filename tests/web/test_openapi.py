"""The description says what the routes do: both are made of the same structs."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.web.world import World
from whotop.web.openapi import description
from whotop.web.resources import RESOURCES


@pytest.fixture
async def document(client: httpx.AsyncClient) -> Any:
    return (await client.get("/openapi.json")).json()


async def test_every_path_is_answered_as_described(client: httpx.AsyncClient, document: Any) -> None:
    for path, operations in document["paths"].items():
        if path == "/events/stream":
            continue
        for method, operation in operations.items():
            response = await client.request(method, path)
            assert response.status_code == 200
            media_type = response.headers["content-type"].partition(";")[0]
            assert media_type in operation["responses"]["200"]["content"]


async def test_every_form_that_is_described_is_given(client: httpx.AsyncClient, document: Any) -> None:
    for resource in RESOURCES:
        described = document["paths"][resource.path]["get"]["responses"]["200"]["content"]
        for media_type in described:
            response = await client.get(resource.path, headers={"accept": media_type})
            assert response.headers["content-type"].partition(";")[0] == media_type


async def test_every_parameter_that_is_described_is_known(client: httpx.AsyncClient, document: Any) -> None:
    for path, operations in document["paths"].items():
        for parameter in operations["get"]["parameters"]:
            if parameter["in"] == "query" and path != "/events/stream":
                refusal = (await client.get(path, params={parameter["name"]: "\0"})).json()["error"]
                assert (refusal["field"], "NUL" in refusal["message"]) == (parameter["name"], True)


async def test_every_reference_leads_somewhere(small: World, document: Any) -> None:
    def check(part: Any) -> None:
        if isinstance(part, dict):
            if "$ref" in part:
                _, _, kind, name = part["$ref"].split("/")
                assert name in document["components"][kind]
            for value in part.values():
                check(value)
        elif isinstance(part, list):
            for value in part:
                check(value)

    check(document)


def test_the_description_is_made_once() -> None:
    assert description() is description()


async def test_what_may_be_asked_of_a_list_is_bounded(document: Any) -> None:
    parameters = {each["name"]: each["schema"] for each in document["paths"]["/machines"]["get"]["parameters"]}
    assert parameters["limit"] | {"description": ""} == {
        "type": "integer", "minimum": 1, "maximum": 5_000, "default": 1_000, "description": "",
    }  # fmt: skip
    assert sorted(parameters["content_type"]["enum"]) == ["csv", "html", "json", "text"]

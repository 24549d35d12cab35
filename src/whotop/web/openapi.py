"""The OpenAPI 3.1 description, made from the same structs that read questions and write answers."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from http import HTTPStatus
from typing import Any

import msgspec

from whotop import __version__
from whotop.web import metrics, stream
from whotop.web.question import Kind, KindQuestion, Question
from whotop.web.refusal import RefusedAnswer
from whotop.web.represent import MEDIA_TYPES
from whotop.web.resource import Resource
from whotop.web.resources import RESOURCES

REFUSALS = (400, 401, 413, 429, 503)
REFERENCE = "#/components/schemas/{name}"
FORM = "application/x-www-form-urlencoded"


@cache
def description() -> bytes:
    """The document, as JSON."""
    answers = [resource.answer for resource in RESOURCES if resource.answer is not None]
    _, components = msgspec.json.schema_components([*answers, RefusedAnswer], ref_template=REFERENCE)
    document = {
        "openapi": "3.1.0",
        "info": {"title": "whotop", "version": __version__, "description": "Who is on which machine. Read-only."},
        "paths": {resource.path: _operations(resource) for resource in RESOURCES} | _other_paths(),
        "components": {
            "schemas": components,
            "responses": {"Refused": _content({"application/json": _reference(RefusedAnswer)}, "Refused.")},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}, {}],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def _operations(resource: Resource) -> dict[str, Any]:
    return {method.lower(): _operation(resource, method) for method in resource.methods}


def _operation(resource: Resource, method: str) -> dict[str, Any]:
    has_kinds = issubclass(resource.question, KindQuestion)
    kinds = resource.kinds if has_kinds else (Kind.JSON,)
    content = {MEDIA_TYPES[kind].partition(";")[0]: _schema(resource, kind) for kind in kinds}
    name = resource.path.strip("/").replace("/", "_")
    operation = {
        "operationId": name if method == "GET" else f"{name}_{method.lower()}",
        "summary": resource.summary,
        "parameters": parameters(resource.question) if method == "GET" else [],
        "responses": {"200": _content(content, "The answer."), **_refusals()},
    }
    return operation if method == "GET" else operation | {"requestBody": _body(resource.question)}


def _schema(resource: Resource, kind: Kind) -> dict[str, Any]:
    if kind is not Kind.JSON:
        return {"type": "string"}
    return {"type": "object"} if resource.answer is None else _reference(resource.answer)


def _reference(shape: type[msgspec.Struct]) -> dict[str, Any]:
    return {"$ref": REFERENCE.format(name=shape.__name__)}


def _content(content: dict[str, Any], text: str) -> dict[str, Any]:
    return {"description": text, "content": {media_type: {"schema": schema} for media_type, schema in content.items()}}


def _refusals() -> dict[str, Any]:
    refused = {"$ref": "#/components/responses/Refused"}
    return {str(status): refused | {"description": HTTPStatus(status).phrase} for status in REFUSALS}


def parameters(question: type[Question]) -> list[dict[str, Any]]:
    """The fields of a question as parameters of a query."""
    return [
        {"name": name, "in": "query", "required": False, "schema": schema, "description": schema.get("description", "")}
        for name, schema in _fields(question)
    ]


def _fields(question: type[Question]) -> Iterable[tuple[str, dict[str, Any]]]:
    """Each field with its schema, references to enumerations put in place."""
    _, components = msgspec.json.schema_components([question], ref_template=REFERENCE)
    for name, schema in components[question.__name__]["properties"].items():
        found = dict(schema)
        for reference in [found.pop("$ref", ""), *(each.get("$ref", "") for each in found.pop("allOf", ()))]:
            if reference:
                found = {**components[reference.rpartition("/")[2]], **found}
        found.pop("title", None)
        yield name, found


def _body(question: type[Question]) -> dict[str, Any]:
    schema = {"type": "object", "properties": dict(_fields(question)), "additionalProperties": False}
    return {"required": False, "content": {media_type: {"schema": schema} for media_type in (FORM, "application/json")}}


def _other_paths() -> dict[str, Any]:
    """What is answered with neither a table nor JSON of ours."""
    streamed = {
        "operationId": "events_stream",
        "summary": "Events as they happen: server-sent events, resumed by Last-Event-ID",
        "parameters": [
            *parameters(stream.StreamQuestion),
            {
                "name": "Last-Event-ID",
                "in": "header",
                "required": False,
                "schema": {"type": "string", "pattern": "^[0-9]{1,15}$"},
            },
        ],
        "responses": {"200": _content({stream.MEDIA_TYPE: {"type": "string"}}, "The stream."), **_refusals()},
    }
    figures = {
        "operationId": "metrics",
        "summary": "Figures for Prometheus",
        "parameters": [],
        "responses": {"200": _content({"text/plain": {"type": "string"}}, "The figures."), **_refusals()},
    }
    return {stream.PATH: {"get": streamed}, metrics.PATH: {"get": figures}}

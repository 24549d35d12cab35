"""What a request asks: its parameters, from the query or a body, as one checked struct.

A resource says what it may be asked by a struct; the same struct is in the OpenAPI description.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, TypeVar
from urllib.parse import parse_qsl

import msgspec
from msgspec import UNSET, Meta, UnsetType
from starlette.requests import ClientDisconnect, Request

from whotop.web.refusal import Refusal
from whotop.web.settings import BODY_BYTES_MAX, BODY_SECONDS

PARAMETERS_MAX = 50


class Kind(StrEnum):
    """How an answer may be represented, in the order in which an Accept header is looked through."""

    CSV = "csv"
    HTML = "html"
    TEXT = "text"
    JSON = "json"


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What any resource may be asked: nothing."""


class KindQuestion(Question, frozen=True, kw_only=True):
    """Asked of a resource that has several representations."""

    content_type: Annotated[Kind, Meta(description="The representation; else the Accept header says it.")] | (
        UnsetType
    ) = UNSET


Filter = Annotated[str, Meta(max_length=1_000, description="A filter, as on the screen: user:root !machine:web-*")]
Limit = Annotated[int, Meta(ge=1, le=5_000, description="At most so many rows.")]
Offset = Annotated[int, Meta(ge=0, le=1_000_000, description="After so many rows.")]


class TableQuestion(KindQuestion, frozen=True, kw_only=True):
    """Asked of a list."""

    where: Filter = ""
    limit: Limit = 1_000
    offset: Offset = 0


Asked = TypeVar("Asked", bound=Question)

_BETTER_WORDS = (("RFC3339 encoded date", "a day is written 2026-11-20"),)
_FIELD = re.compile(r" - at `\$\.(\w+)")
_UNKNOWN = re.compile(r"unknown field `(.*)`")


async def question_of(request: Request, shape: type[Asked]) -> Asked:
    """What the request asks. Raises Refusal for a parameter that is wrong, unknown or there twice."""
    given = _once(_pairs(request.scope["query_string"]))
    body = await _body(request) if request.method == "POST" else b""
    if not body:
        return _converted(given, shape, strict=False)
    if given:
        raise Refusal(400, "the parameters are to be in the address or in the body, not in both")
    match request.headers.get("content-type", "").partition(";")[0].strip().lower():
        case "application/json":
            return _converted(_of_json(body), shape, strict=True)
        case "application/x-www-form-urlencoded":
            return _converted(_once(_pairs(body)), shape, strict=False)
    kinds = "application/x-www-form-urlencoded or application/json"
    raise Refusal(400, f"the body is to be {kinds}", field="Content-Type")


def _once(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    values: dict[str, str] = {}
    for name, value in pairs:
        if name in values:
            raise Refusal(400, f"{name} is there twice", field=name)
        values[name] = value
    return values


def _converted(values: Mapping[str, str | int], shape: type[Asked], *, strict: bool) -> Asked:
    """``strict``: a number is no text, and a text no number."""
    for name, value in values.items():
        if isinstance(value, str) and "\0" in value:
            raise Refusal(400, f"{name} holds a NUL", field=name)
    try:
        return msgspec.convert(values, shape, strict=strict)
    except msgspec.ValidationError as error:
        raise _refusal(str(error), shape) from None


def _refusal(message: str, shape: type[Question]) -> Refusal:
    """From msgspec's words: ``Expected `int` <= 5000 - at `$.limit```."""
    if unknown := _UNKNOWN.search(message):
        return Refusal(400, f"no such parameter: {unknown[1]}", field=unknown[1])
    field = _FIELD.search(message)
    name = field[1] if field else None
    words = message.partition(" - at ")[0].replace("`", "")
    words = next((better for worse, better in _BETTER_WORDS if worse in words), words[:1].lower() + words[1:])
    choices = "" if name is None else _choices(name, shape)
    return Refusal(400, f"{words} ({choices})" if choices else words, field=name)


def _choices(name: str, shape: type[Question]) -> str:
    """What the parameter may be, where that is one of some words."""
    info = msgspec.inspect.type_info(shape)
    assert isinstance(info, msgspec.inspect.StructType)
    kind = next(field.type for field in info.fields if field.encode_name == name)
    for each in kind.types if isinstance(kind, msgspec.inspect.UnionType) else (kind,):
        inner = each.type if isinstance(each, msgspec.inspect.Metadata) else each
        if isinstance(inner, msgspec.inspect.EnumType):
            return ", ".join(member.value for member in inner.cls)
        if isinstance(inner, msgspec.inspect.LiteralType):
            return ", ".join(map(str, inner.values))
    return ""


def _pairs(encoded: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(encoded.decode("latin-1"), keep_blank_values=True, max_num_fields=PARAMETERS_MAX)
    except ValueError as error:
        raise Refusal(400, f"the parameters cannot be read: {error}") from None


async def _body(request: Request) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for piece in request.stream():
                body += piece
                if len(body) > BODY_BYTES_MAX:
                    raise Refusal(413, f"a request's body has at most {BODY_BYTES_MAX} bytes")
    except TimeoutError:
        raise Refusal(400, f"the body did not come within {BODY_SECONDS:.0f} s") from None
    except ClientDisconnect:
        raise Refusal(400, "the body did not come") from None
    return bytes(body)


def _of_json(body: bytes) -> dict[str, str | int]:
    try:
        return msgspec.json.decode(body, type=dict[str, str | int])
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Refusal(400, f"the body is to be one JSON object of texts and numbers: {error}") from None
    except RecursionError:
        raise Refusal(400, "the body is nested too deep") from None

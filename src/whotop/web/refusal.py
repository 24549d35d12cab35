"""A request that is not answered as asked: a status, and one shape of JSON that says why."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

import msgspec


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """Why."""

    status: int
    """The HTTP status."""
    message: str
    """One line that says what is wrong, and where it can be, how to mend it."""
    field: str | None = None
    """The parameter or header that it is about."""


class RefusedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The body of every answer with a status of 400 or more."""

    error: Refused


class Refusal(Exception):  # noqa: N818 - no error of ours: the answer to a request
    """Raised where a request turns out not to be answerable; the guard makes the answer."""

    def __init__(
        self, status: int, message: str, *, field: str | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        self.status, self.message, self.field = status, message, field
        self.headers = dict(headers or {})
        super().__init__(message)

    @property
    def body(self) -> bytes:
        """The answer's JSON."""
        return refused_body(self.status, self.message, self.field)


def refused_body(status: int, message: str = "", field: str | None = None) -> bytes:
    """The JSON of a refusal; without a message the status speaks for itself."""
    refused = Refused(status=status, message=message or HTTPStatus(status).phrase.lower(), field=field)
    return msgspec.json.encode(RefusedAnswer(error=refused)) + b"\n"

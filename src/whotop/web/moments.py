"""Times in questions, written as everywhere else in whotop: ISO 8601, ``03:12``, ``-2h``."""

from __future__ import annotations

from datetime import UTC
from typing import Annotated

from msgspec import Meta, UnsetType

from whotop.config.moments import parse_moment
from whotop.web.refusal import Refusal

PATTERN = r"^([0-9]{4}-[0-9]{2}-[0-9]{2}.*|[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?|-[0-9].*)$"
Moment = Annotated[str, Meta(max_length=40, pattern=PATTERN)]
"""A time; without an offset it is UTC: nobody has to know in which zone the server is."""


def time_us(moment: Moment | UnsetType, field: str, otherwise_us: int, now_us: int) -> int:
    """µs since 1970 in UTC, at least 0. Raises Refusal, which names the ``field``."""
    if isinstance(moment, UnsetType):
        return otherwise_us
    try:
        return max(0, parse_moment(moment, now_us, UTC))
    except (ValueError, OverflowError) as error:
        raise Refusal(400, str(error), field=field) from None


def check_order(start_us: int, end_us: int) -> None:
    """Raise Refusal for a span that ends before it starts."""
    if end_us < start_us:
        raise Refusal(400, "it ends before it starts", field="end")

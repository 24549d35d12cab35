"""Times in questions: ISO 8601 with an offset, as RFC 3339 has it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from msgspec import Meta

from whotop.web.refusal import Refusal

Moment = Annotated[datetime, Meta(tz=True)]
"""A time that says its offset: nobody has to know in which zone the server is."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(moment: datetime) -> int:
    """µs since 1970 in UTC; at least 0."""
    return max(0, (moment - _EPOCH) // timedelta(microseconds=1))


def check_order(start_us: int, end_us: int) -> None:
    """Raise Refusal for a span that ends before it starts."""
    if end_us < start_us:
        raise Refusal(400, "it ends before it starts", field="end")

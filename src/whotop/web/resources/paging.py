"""What every list has in common: a filter, a part of it, and how many there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import TypeVar

from whotop.web.documents import Document
from whotop.web.question import TableQuestion

Item = TypeVar("Item")


class Listed(Document, frozen=True, kw_only=True):
    """What an answer with a list begins with."""

    revision: int
    """Of the fleet that it was taken from."""
    total: int
    """How many the filter finds; the list holds a part of them."""


def part(found: Sequence[Item], question: TableQuestion) -> Iterable[Item]:
    """The rows that were asked for."""
    return islice(found, question.offset, question.offset + question.limit)

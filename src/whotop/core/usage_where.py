"""Logins of some machines, users or sources only: the filter of a question about usage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from whotop.core.query import Query, parse_query

FIELDS = frozenset({"machine", "user", "from", "tag"})
"""What a filter may ask for, named as on the screen: all that a day's record keeps."""


def parse_usage_where(where: str) -> Query:
    """Read a filter. Raises QueryError."""
    return parse_query(where, FIELDS)


@dataclass(frozen=True, slots=True)
class LoginRow:
    """Logins of one user from one source on one machine, as the filter language sees them."""

    machine: str
    user: str
    source: str
    tags: tuple[str, ...] = ()

    def value(self, field: str) -> str | Sequence[str] | None:
        """What is in a field; None where nothing is."""
        match field:
            case "from":
                return self.source or None
            case "tag":
                return self.tags
            case _:
                return getattr(self, field) or None

    def visible(self) -> Iterable[str]:
        """What a bare word searches."""
        return (self.machine, self.user, self.source)

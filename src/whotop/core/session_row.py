"""A session as the filter language sees it, where there is nothing but sessions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from whotop.model import Session

FIELDS = frozenset({"machine", "user", "from", "tty", "service", "outcome"})
"""What a filter may ask for, named as on the screen."""


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session."""

    session: Session

    def value(self, field: str) -> str | None:
        """What is in a field; None where nothing is."""
        session = self.session
        match field:
            case "from":
                return session.source or None
            case "outcome":
                return session.outcome.value
            case _:
                return getattr(session, field) or None

    def visible(self) -> Iterable[str]:
        """What a bare word searches."""
        session = self.session
        return (session.machine, session.user, session.tty, session.source)

"""The texts of a session, by the names that columns and filters have for them."""

from __future__ import annotations

from whotop.model import Session


def session_text(session: Session, field: str) -> str | None:
    """One of its texts; None for a field that is no such text."""
    match field:
        case "user":
            return session.user
        case "machine":
            return session.machine
        case "tty":
            return session.tty
        case "from":
            return session.source
        case _:
            return None

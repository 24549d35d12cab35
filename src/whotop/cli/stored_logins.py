"""The logins of the store, written as a file that the analyser reads: name, source, µs since 1970 UTC."""

from __future__ import annotations

import asyncio
import csv
from pathlib import Path

from whotop.core.query import parse_query
from whotop.core.session_row import FIELDS, SessionRow
from whotop.model import RawText, Session
from whotop.store.logins import stored_logins


def write_stored_logins(place: str, where: str, path: Path) -> None:
    """Write the logins that the filter ``where`` finds; those without a source are left out, as live.

    Raises QueryError for the filter, StoreError for the store.
    """
    query = parse_query(where, FIELDS) if where.strip() else None

    async def write() -> None:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
            async for session in stored_logins(place):
                if session.source and (query is None or query.matches(SessionRow(session))):
                    writer.writerow((*_as_received(session), session.fleet_login_us))

    asyncio.run(write())


def _as_received(session: Session) -> tuple[str, str]:
    """User and source as they came, not as they are shown."""
    raw = session.raw or RawText()
    return _text(raw.user, session.user), _text(raw.source, session.source)


def _text(received: str | None, shown: str) -> str:
    if received is None:
        return shown
    try:
        return received.encode("latin-1").decode()
    except UnicodeError:  # it came as text, or is none
        return received

"""Sessions of one machine or one user, open and ended: what history told, kept current by the feed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from whotop.core.feed import AnyChange, EventAdded, SessionChanged
from whotop.model import Event, Session, Standing


def tells_of_history(changes: Iterable[AnyChange]) -> Iterator[Event]:
    """Events of before we looked, among these changes: the store has sessions now that it had not."""
    return (
        change.event
        for change in changes
        if isinstance(change, EventAdded) and change.event.standing is Standing.HISTORY
    )


class Past:
    """Sessions by key; ``concerns`` says which of the fleet's belong here."""

    def __init__(self, concerns: Callable[[Session], bool]) -> None:
        self.sessions: dict[bytes, Session] = {}
        self._concerns = concerns

    def add(self, sessions: Iterable[Session]) -> None:
        """Take in what history knows; what the feed told already is newer and stays."""
        for session in sessions:
            self.sessions.setdefault(session.key, session)

    def take(self, changes: Iterable[AnyChange]) -> set[bytes]:
        """Take in what concerns this, and say which sessions that were."""
        taken: set[bytes] = set()
        for change in changes:
            if isinstance(change, SessionChanged) and self._concerns(change.session):
                self.sessions[change.session.key] = change.session
                taken.add(change.session.key)
        return taken

    def of_source(self, source: str) -> Iterator[Session]:
        """Those that came from one source."""
        return (session for session in self.sessions.values() if session.source == source)

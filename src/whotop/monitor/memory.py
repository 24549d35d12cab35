"""The past without a store: the little that the fleet in memory still knows."""

from __future__ import annotations

from whotop.core.feed import MinuteFigures
from whotop.core.fleet import Fleet
from whotop.model import Event, Session


class FleetHistory:
    """Answers from the fleet: open sessions and the newest events; no figures of the past."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet

    async def figures(self, machine: str, start_us: int, end_us: int) -> list[MinuteFigures]:
        """None are kept."""
        return []

    async def sessions(
        self,
        *,
        machine: str | None = None,
        user: str | None = None,
        source: str | None = None,
        start_us: int = 0,
        limit: int = 500,
    ) -> list[Session]:
        """Open sessions of a machine, a user or a source, newest login first."""
        found = [
            session
            for session in self._fleet.sessions.values()
            if machine in (None, session.machine) and user in (None, session.user) and source in (None, session.source)
        ]
        return sorted(found, key=lambda session: session.login_us, reverse=True)[:limit]

    async def events(self, *, machine: str | None = None, user: str | None = None, limit: int = 500) -> list[Event]:
        """The newest events of a machine or a user, newest first."""
        found = [
            event
            for event in self._fleet.events.values()
            if machine in (None, event.machine) and user in (None, event.user)
        ]
        return sorted(found, key=lambda event: event.time_us, reverse=True)[:limit]

"""The past without a store: the little that the fleet in memory still knows."""

from __future__ import annotations

from collections.abc import Collection

from whotop.core.feed import MinuteFigures, UsageHistory
from whotop.core.fleet import Fleet
from whotop.core.fleet_names import fleet_names_like
from whotop.core.kept_failures import NOTHING_KEPT, KeptFailures
from whotop.core.names import KnownName, NameKind
from whotop.model import Alert, Event, Session
from whotop.model.delivery import Delivery
from whotop.monitor.memory_usage import FleetUsage


class FleetHistory:
    """Answers from the fleet: open sessions and the newest events; no figures of the past."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self.usage: UsageHistory = FleetUsage(fleet)

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

    async def events(
        self,
        *,
        machine: str | None = None,
        user: str | None = None,
        start_us: int | None = None,
        end_us: int | None = None,
        limit: int = 500,
    ) -> list[Event]:
        """The newest events of a machine or a user in [start, end), newest first."""
        found = [
            event
            for event in self._fleet.events.values()
            if machine in (None, event.machine)
            and user in (None, event.user)
            and (start_us is None or event.fleet_time_us >= start_us)
            and (end_us is None or event.fleet_time_us < end_us)
        ]
        return sorted(found, key=_time_us, reverse=True)[:limit]

    async def events_of(self, keys: Collection[bytes]) -> list[Event]:
        """The events that have these keys, as far as they are kept, oldest first."""
        found = (self._fleet.events.get(key) for key in keys)
        return sorted((event for event in found if event is not None), key=_time_us)

    async def alerts(self, *, machine: str | None = None, limit: int = 500) -> list[Alert]:
        """The alerts that opened last, newest first, as far as they are kept."""
        found = [alert for alert in self._fleet.alerts.values() if machine is None or alert.concerns(machine)]
        return sorted(found, key=lambda alert: alert.opened_us, reverse=True)[:limit]

    async def deliveries(self, alert: bytes) -> list[Delivery]:
        """Nobody keeps that."""
        return []

    async def names_like(self, text: str, kind: NameKind, limit: int = 8) -> list[KnownName]:
        """Names of that kind in which ``text`` occurs in either case, those that begin with it first."""
        return fleet_names_like(self._fleet, text, kind, limit)

    async def failed_logins(self, kind: NameKind, name: str, limit: int = 500) -> KeptFailures:
        """None but those that the fleet counts."""
        return NOTHING_KEPT

    async def machine_names(self) -> list[str]:
        """Those that are watched."""
        return list(self._fleet.machines)


def _time_us(event: Event) -> int:
    return event.fleet_time_us

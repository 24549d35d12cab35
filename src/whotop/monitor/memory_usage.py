"""Usage without a store: the little that the fleet in memory still knows, of about a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from whotop.config.zones import zone_named
from whotop.core.days import day_at
from whotop.core.fleet import Fleet
from whotop.core.usage import UsageQuestion, UsageReport, UserUsage, usage_report
from whotop.core.usage_parts import GatheredDays
from whotop.core.usage_tally import UserTally
from whotop.core.usage_where import LoginRow, parse_usage_where
from whotop.model import EventKind

DEFAULT_ZONE = "UTC"


class FleetUsage:
    """Answers from the newest events of a fleet."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet

    async def report(self, question: UsageQuestion) -> UsageReport:
        """Unique users per period."""
        time_zone, gathered = question.time_zone or DEFAULT_ZONE, GatheredDays(question.by)
        zone = zone_named(time_zone)
        for time_us, login in self._logins(question):
            gathered.add(day_at(time_us, zone), login)
        return usage_report(question, gathered.days(), time_zone, gathered.parts())

    async def users(self, question: UsageQuestion, first: date, last: date) -> tuple[UserUsage, ...]:
        """Who logged in between two days, both included."""
        zone, tally = zone_named(question.time_zone or DEFAULT_ZONE), UserTally()
        for time_us, login in self._logins(question):
            day = day_at(time_us, zone)
            if first <= day <= last:
                tally.add(day, login.user, login.machine)
        return tally.users()

    def _logins(self, question: UsageQuestion) -> Iterator[tuple[int, LoginRow]]:
        query = parse_usage_where(question.where)
        for event in self._fleet.events.values():
            if event.kind is not EventKind.LOGIN or not event.user or event.user in question.excluded:
                continue
            machine = self._fleet.machines.get(event.machine)
            row = LoginRow(event.machine, event.user, event.source, machine.tags if machine else ())
            if query.matches(row):
                yield event.fleet_time_us, row

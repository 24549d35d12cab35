"""A feed without machines: tests publish into it what a collector would."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from datetime import date

from whotop.core.alert_marks import Mark
from whotop.core.feed import AnyChange, Batch, MinuteFigures
from whotop.core.kept_failures import KeptFailures, KeptTally
from whotop.core.names import KnownName, NameKind, best_names
from whotop.core.usage import DayUsage, UsageQuestion, UsageReport, UserUsage, usage_report
from whotop.core.usage_tally import UserTally
from whotop.errors import MachineError, WhotopError
from whotop.model import Alert, Event, Process, Session
from whotop.model.delivery import Delivery


class FakeUsage:
    """Every login of ``logins`` (day, user, machine), in days of UTC."""

    def __init__(self) -> None:
        self.logins: list[tuple[date, str, str]] = []
        self.refuses: WhotopError | None = None
        """What any question raises."""
        self.asked: list[UsageQuestion] = []

    async def report(self, question: UsageQuestion) -> UsageReport:
        if self.refuses is not None:
            raise self.refuses
        self.asked.append(question)
        users = sorted({user for _, user, _ in self.logins})
        days = [DayUsage(day, 1 << users.index(user), 1) for day, user, _ in self.logins]
        return usage_report(question, days, question.time_zone or "UTC")

    async def users(self, question: UsageQuestion, first: date, last: date) -> tuple[UserUsage, ...]:
        tally = UserTally()
        for day, user, machine in self.logins:
            if first <= day <= last:
                tally.add(day, user, machine)
        return tally.users()


class FakeHistory:
    """Remembers what it was given."""

    def __init__(self) -> None:
        self.minutes: list[MinuteFigures] = []
        self.past: list[Session] = []
        self.past_events: list[Event] = []
        self.past_alerts: list[Alert] = []
        self.usage = FakeUsage()
        self.names: list[KnownName] = []
        self.past_failures: list[KeptTally] = []

    async def names_like(self, text: str, kind: NameKind, limit: int = 8) -> list[KnownName]:
        found = {known.name: known for known in self.names if known.kind is kind}
        return [found[name] for name in best_names(found, text, limit)]

    async def failed_logins(self, kind: NameKind, name: str, limit: int = 500) -> KeptFailures:
        tallies = tuple(tally for tally in self.past_failures if getattr(tally.key, kind.value) == name)
        return KeptFailures(tallies[:limit], sum(tally.count for tally in tallies))

    async def machine_names(self) -> list[str]:
        return [known.name for known in self.names if known.kind is NameKind.MACHINE]

    async def figures(self, machine: str, start_us: int, end_us: int) -> list[MinuteFigures]:
        return [figures for figures in self.minutes if start_us <= figures.time_us < end_us]

    async def sessions(
        self,
        *,
        machine: str | None = None,
        user: str | None = None,
        source: str | None = None,
        start_us: int = 0,
        limit: int = 500,
    ) -> list[Session]:
        return [
            session
            for session in self.past
            if machine in (None, session.machine)
            and user in (None, session.user)
            and source in (None, session.source)
            and (session.logout_us is None or session.logout_us >= start_us)
        ][:limit]

    async def events(
        self,
        *,
        machine: str | None = None,
        user: str | None = None,
        start_us: int | None = None,
        end_us: int | None = None,
        limit: int = 500,
    ) -> list[Event]:
        return [
            event
            for event in self.past_events
            if machine in (None, event.machine)
            and user in (None, event.user)
            and (start_us is None or event.fleet_time_us >= start_us)
            and (end_us is None or event.fleet_time_us < end_us)
        ][:limit]

    async def events_of(self, keys: Collection[bytes]) -> list[Event]:
        return [event for event in self.past_events if event.key in keys]

    async def alerts(self, *, machine: str | None = None, limit: int = 500) -> list[Alert]:
        return [alert for alert in self.past_alerts if machine is None or alert.concerns(machine)][:limit]

    async def deliveries(self, alert: bytes) -> list[Delivery]:
        return []


class FakeFeed:
    """Implements core.feed.Feed. ``publish`` is a batch; ``close`` ends it."""

    kind = "live"

    def __init__(self) -> None:
        self.notices: tuple[str, ...] = ()
        self.history = FakeHistory()
        self.running: dict[bytes, tuple[Process, ...]] = {}
        self._queue: asyncio.Queue[Batch | None] = asyncio.Queue()
        self.marks: list[Mark] = []
        self.refuses: WhotopError | None = None
        """What marking an alert raises."""
        self._revision = 0

    def publish(self, changes: Sequence[AnyChange], time_us: int = 0) -> None:
        self._revision += 1
        self._queue.put_nowait(Batch(self._revision, time_us, tuple(changes)))

    @property
    def waiting(self) -> bool:
        """Whether there are batches that nobody has read."""
        return not self._queue.empty()

    def close(self) -> None:
        self._queue.put_nowait(None)

    async def batches(self) -> AsyncIterator[Batch]:
        while (batch := await self._queue.get()) is not None:
            yield batch

    async def mark(self, mark: Mark) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.marks.append(mark)

    async def processes(self, session: Session) -> tuple[Process, ...]:
        if session.key not in self.running:
            raise MachineError("it does not answer")
        return self.running[session.key]

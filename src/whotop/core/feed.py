"""What any front end reads: a fleet at revision N, then batches of changes to N+1, N+2….

Two feeds speak this: live (this process polls) and follow (another polls, we read its store). A
front end keeps a ``Fleet`` of its own and applies batches to it; not applying them is what "pause"
means.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from datetime import date
from typing import Protocol

import msgspec

from whotop.core.alert_marks import Mark
from whotop.core.failure_book import Tally
from whotop.core.kept_failures import KeptFailures
from whotop.core.names import KnownName, NameKind
from whotop.core.usage import UsageQuestion, UsageReport, UserUsage
from whotop.model import Alert, Event, Machine, Process, Sample, Session
from whotop.model.delivery import Delivery


class Change(msgspec.Struct, frozen=True):
    """What every change is."""


class MachineChanged(Change, frozen=True, tag="machine"):
    """A machine is new, or anything about it but its sample is different."""

    machine: Machine


class MachineRemoved(Change, frozen=True, tag="machine removed"):
    """A machine is watched no longer."""

    name: str


class Sampled(Change, frozen=True, tag="sample"):
    """A machine's newest sample."""

    sample: Sample


class SessionChanged(Change, frozen=True, tag="session"):
    """A session opened, got better known, or ended (``outcome`` says which)."""

    session: Session


class EventAdded(Change, frozen=True, tag="event"):
    """An event; one with the key of an earlier one replaces it (a logout time corrected)."""

    event: Event


class AlertChanged(Change, frozen=True, tag="alert"):
    """An alert opened, was updated, or resolved."""

    alert: Alert


class FailuresCounted(Change, frozen=True, tag="failures"):
    """How many logins failed on a machine until now, whatever was counted before.

    Failed logins that come afterwards are counted as their events come.
    """

    machine: str
    tallies: tuple[Tally, ...]


AnyChange = MachineChanged | MachineRemoved | Sampled | SessionChanged | EventAdded | AlertChanged | FailuresCounted


class Batch(msgspec.Struct, frozen=True):
    """The changes that lead from one revision to the next."""

    revision: int
    time_us: int
    """When it was published."""
    changes: tuple[AnyChange, ...]


class MinuteFigures(msgspec.Struct, frozen=True, array_like=True):
    """Samples of one machine over one period (a minute, an hour), condensed."""

    time_us: int
    """Where the period begins."""
    samples: int
    cpu_mean: float | None
    cpu_max: float | None
    memory_mean: float | None
    swap_mean: float | None
    load_mean: float | None
    load_max: float | None
    disk_max: float | None
    sessions_max: int


class UsageHistory(Protocol):
    """How much the machines were used; see ``core.usage``."""

    async def report(self, question: UsageQuestion) -> UsageReport:
        """Unique users per period. Raises UsageError where that cannot be told, QueryError for the filter."""
        ...

    async def users(self, question: UsageQuestion, first: date, last: date) -> tuple[UserUsage, ...]:
        """Who logged in between two days, both included: the most logins first. Raises as ``report``."""
        ...


class History(Protocol):
    """Questions about the past, answered by the store. Times are µs UTC on whotop's clock."""

    @property
    def usage(self) -> UsageHistory:
        """How much the machines were used."""
        ...

    async def figures(self, machine: str, start_us: int, end_us: int) -> list[MinuteFigures]:
        """A machine's condensed samples in [start, end), oldest first."""
        ...

    async def sessions(
        self,
        *,
        machine: str | None = None,
        user: str | None = None,
        source: str | None = None,
        start_us: int = 0,
        limit: int = 500,
    ) -> list[Session]:
        """Sessions of a machine, a user or a source that were open at or after ``start_us``, newest login first."""
        ...

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
        ...

    async def events_of(self, keys: Collection[bytes]) -> list[Event]:
        """The events that have these keys, as far as they are kept, oldest first."""
        ...

    async def alerts(self, *, machine: str | None = None, limit: int = 500) -> list[Alert]:
        """The alerts that opened last, newest first: also resolved ones. Those of a machine: alone or among others."""
        ...

    async def deliveries(self, alert: bytes) -> list[Delivery]:
        """Who was told of the alert of that key, and what became of it, oldest first."""
        ...

    async def names_like(self, text: str, kind: NameKind, limit: int = 8) -> list[KnownName]:
        """Names of that kind in which ``text`` occurs in either case, those that begin with it first.

        Users and sources that only failed to log in come after the others; of machines, those not watched
        come before the others.
        """
        ...

    async def failed_logins(self, kind: NameKind, name: str, limit: int = 500) -> KeptFailures:
        """Failed logins on that machine, under that user's name or from that source: what is kept of any age."""
        ...

    async def machine_names(self) -> list[str]:
        """Every machine that anything is kept of, whether it is watched or not."""
        ...


class Feed(Protocol):
    """What a front end reads."""

    @property
    def kind(self) -> str:
        """``live`` or ``follow``."""
        ...

    @property
    def notices(self) -> tuple[str, ...]:
        """Lines for the banner: a full disk, a locked store; empty when all is well."""
        ...

    @property
    def history(self) -> History:
        """The past."""
        ...

    def batches(self) -> AsyncIterator[Batch]:
        """First the whole fleet as one batch, then changes as they come; ends when the feed closes."""
        ...

    async def mark(self, mark: Mark) -> None:
        """Say something of an alert: its new version comes with a batch.

        Raises AlertResolvedError, and StoreError where another process polls.
        """
        ...

    async def processes(self, session: Session) -> tuple[Process, ...]:
        """What a session is running now. Raises MachineError where that cannot be asked."""
        ...

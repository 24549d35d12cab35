"""Where answers come from: the fleet as it is now, and the store's answers about the past."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Protocol

from whotop.clock import Clock
from whotop.config.usage_settings import UsageTable
from whotop.core.feed import History
from whotop.model import Event
from whotop.web.live import Live
from whotop.web.usage_cache import UsageCache


class Events(Protocol):
    """The events of the past: ``store.past_events``."""

    def newest_first(self, start_us: int, end_us: int) -> AsyncIterator[Event]:
        """Events in [start, end), the newest first."""
        ...

    def after(self, revision: int, until_revision: int, now_us: int) -> AsyncIterator[tuple[int, Event]]:
        """Revision and event, of those between two revisions, the latter included."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """All that an answer may need."""

    live: Live
    history: History
    usage: UsageCache
    events: Events
    clock: Clock
    zone: tzinfo = field(default=UTC)
    """In which reports show times."""
    counted: UsageTable = field(default=UsageTable())
    """Whose days usage is counted in, and who does not count."""

"""The fleet as it is now, kept current from a feed, and those who listen to its events."""

from __future__ import annotations

from collections import Counter

from whotop.core.feed import EventAdded, Feed
from whotop.core.fleet import Fleet
from whotop.model import EventKind
from whotop.web.hub import Hub
from whotop.web.refusal import Refusal


class Live:
    """Reads one feed for every request and every stream."""

    def __init__(self, feed: Feed, hub: Hub) -> None:
        self._feed, self.hub = feed, hub
        self._fleet = Fleet()
        self.is_ready = False
        """Whether the fleet has been read."""
        self.events_told: Counter[EventKind] = Counter()
        """Events since the first batch."""

    @property
    def fleet(self) -> Fleet:
        """The fleet. Raises Refusal as long as nothing has been read."""
        if not self.is_ready:
            raise Refusal(503, "the store has not been read yet", headers={"retry-after": "1"})
        return self._fleet

    @property
    def notices(self) -> tuple[str, ...]:
        """What is wrong with the store, if anything is."""
        return self._feed.notices

    async def run(self) -> None:
        """Read on until cancelled, or until the feed ends."""
        async for batch in self._feed.batches():
            was_ready = self.is_ready
            self._fleet.apply(batch)
            self.is_ready = True
            # The first batch is what was there already: no news.
            events = [change.event for change in batch.changes if isinstance(change, EventAdded)] if was_ready else []
            self.events_told.update(event.kind for event in events)
            self.hub.publish(batch.revision, events)

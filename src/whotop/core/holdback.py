"""The hold-back: login events wait two seconds for stragglers before windows and rules judge them.

What is open is drawn and stored at once; only what depends on the order of events across machines
goes through here.
"""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush

from whotop.clock import SECOND_US
from whotop.model import Event


class Holdback:
    """Holds events for ``delay_us`` from their arrival, and lets them go in order of fleet time."""

    def __init__(self, delay_us: int = 2 * SECOND_US) -> None:
        self._delay_us = delay_us
        self._arrivals: deque[tuple[int, int]] = deque()
        """(arrival, fleet time), in order of arrival."""
        self._held: list[tuple[int, int, Event]] = []
        """A heap of (fleet time, number of arrival, event)."""
        self._count = 0

    def __len__(self) -> int:
        return len(self._held)

    def add(self, event: Event, now_us: int) -> None:
        """Hold an event that has just arrived."""
        self._count += 1
        fleet_time_us = event.time_us - event.skew_us
        self._arrivals.append((now_us, fleet_time_us))
        heappush(self._held, (fleet_time_us, self._count, event))

    def sessions(self) -> set[bytes]:
        """The keys of the sessions whose logins are held."""
        return {event.session_key for _, _, event in self._held}

    def due(self, now_us: int) -> list[Event]:
        """The events whose wait is over, and every earlier one with them, by fleet time."""
        ripe_us = None
        while self._arrivals and self._arrivals[0][0] <= now_us - self._delay_us:
            fleet_time_us = self._arrivals.popleft()[1]
            ripe_us = fleet_time_us if ripe_us is None else max(ripe_us, fleet_time_us)
        events: list[Event] = []
        while ripe_us is not None and self._held and self._held[0][0] <= ripe_us:
            events.append(heappop(self._held)[2])
        return events

    def flush(self) -> list[Event]:
        """All that is held, by fleet time: whotop leaves."""
        self._arrivals.clear()
        events = [event for _, _, event in sorted(self._held, key=_order)]
        self._held.clear()
        return events


def _order(held: tuple[int, int, Event]) -> tuple[int, int]:
    return held[:2]

"""The connections that whotop itself makes: logs tell of them as of any other login, and nobody else is meant.

Hidden is what is led by an ancestor of the probe's process, and began with this connection. Nothing
is hidden for a name. How it ended is told when the next connection stands.
"""

from __future__ import annotations

from collections.abc import Iterable

from whotop.clock import SECOND_US
from whotop.model import Event, EventKind
from whotop.wire.messages import Hello

BEGINS_WITHIN_US = 120 * SECOND_US
"""A login is written down so long before the probe's hello at most."""
KEPT = 16


class OwnConnections:
    """Those of one machine: the present one, and the last few before it."""

    def __init__(self) -> None:
        self._ancestors: frozenset[int] = frozenset()
        self._since_us = 0
        self._leaders: dict[int, None] = {}

    def begin(self, hello: Hello) -> None:
        """A new connection."""
        self._ancestors = frozenset(hello.ancestors) - {0, 1}
        self._since_us = hello.clock_us

    def without(self, events: Iterable[Event]) -> list[Event]:
        """The events that are of others."""
        return [event for event in events if not (event.leader_pid and self._is_own(event))]

    def _is_own(self, event: Event) -> bool:
        leader = event.leader_pid
        if event.kind is EventKind.LOGOUT:
            return leader in self._leaders
        if event.kind is not EventKind.LOGIN:
            return False
        if leader in self._ancestors and abs(event.time_us - self._since_us) <= BEGINS_WITHIN_US:
            self._leaders.pop(leader, None)
            self._leaders[leader] = None
            if len(self._leaders) > KEPT:
                del self._leaders[next(iter(self._leaders))]
            return True
        self._leaders.pop(leader, None)  # Its number has been given to somebody else.
        return False

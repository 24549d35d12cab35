"""The connections that whotop itself makes: logs tell of them as of any other login, and nobody else is meant.

Hidden is what is led by an ancestor of the probe's process, and began with this connection; and of
records that name no process, the one of the session that is known to be led so. Nothing is hidden
for a name. How it ended is told when the next connection stands.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from whotop.clock import SECOND_US
from whotop.core.identity import TOLERANCE_US
from whotop.model import Event, EventKind, Origin
from whotop.wire.messages import Hello

BEGINS_WITHIN_US = 120 * SECOND_US
"""A login is written down so long before the probe's hello at most."""
KEPT = 16
LAST_PID = 2**31
"""No process has a greater number; no time of day in µs is that small."""
_ROWS = (Origin.WTMPDB, Origin.LASTLOG)


class OwnConnections:
    """Those of one machine: the present one, and the last few before it."""

    def __init__(self) -> None:
        self._ancestors: frozenset[int] = frozenset()
        self._since_us = 0
        self._leaders: dict[int, None] = {}
        self._listed: Event | None = None
        """The present one, as the list of open sessions tells it."""
        self._awaits_row = True
        self._rows: deque[int] = deque(maxlen=KEPT)
        """When those began that were found as rows, in µs."""

    @property
    def marks(self) -> tuple[int, ...]:
        """The processes that lead them and when they began, as far as was told: to be kept with what was read."""
        return (*list(self._leaders)[-KEPT:], *self._rows)

    def remember(self, marks: Iterable[int]) -> None:
        """Take up what an earlier whotop kept."""
        for mark in marks:
            if mark > LAST_PID:
                if mark not in self._rows:
                    self._rows.append(mark)
            else:
                self._leaders[mark] = None

    def begin(self, hello: Hello) -> None:
        """A new connection."""
        self._ancestors = frozenset(hello.ancestors) - {0, 1}
        self._since_us = hello.clock_us
        self._listed, self._awaits_row = None, True

    def listed(self, report: Event) -> None:
        """The list of open sessions tells of the present one."""
        self._listed = report

    def without(self, events: Iterable[Event]) -> list[Event]:
        """The events that are of others."""
        return [event for event in events if not (self._is_own(event) if event.leader_pid else self._is_own_row(event))]

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

    def _is_own_row(self, event: Event) -> bool:
        """Whether a row of wtmpdb or lastlog is of one of them; whotop has no terminal there."""
        if event.origin not in _ROWS or event.tty:
            return False
        if event.kind is EventKind.LOGOUT:
            return event.time_us - (event.duration_us or 0) in self._rows
        listed = self._listed if self._awaits_row else None
        if listed is None or event.kind is not EventKind.LOGIN or not _could_be(listed, event):
            return False
        self._awaits_row = False
        self._rows.append(event.time_us)
        return True


def _could_be(listed: Event, row: Event) -> bool:
    return (
        listed.user == row.user
        and (listed.source == row.source or not listed.source)
        and abs(listed.time_us - row.time_us) <= TOLERANCE_US
    )

"""The allowance: how many events of one machine are kept, which is more than an honest one tells.

A machine that lies could fill the store as fast as it is read. What is over its allowance is counted,
and leaves no rows. Failed logins have one of their own: whoever makes thousands of them from outside
hides no login behind them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from whotop.clock import MINUTE_US
from whotop.model import Event, EventKind

BURST = 200_000
"""At once: ten times a first contact, and two days of an attack that tries once in a second."""
PER_MINUTE = 1_200
"""From then on, without an end: ten logins with their logouts in each second."""
OVER_AFTER_US = 10 * MINUTE_US
"""With nothing over the allowance for so long, the counting begins anew."""

_Mark = tuple[str, str, str, int, int, str]


class Allowance:
    """Of one machine, for failed logins and for all else."""

    __slots__ = ("_failures", "_listed", "_others", "_refused", "_refused_us", "not_kept")

    def __init__(self, *, burst: int = BURST, per_minute: int = PER_MINUTE) -> None:
        self._failures, self._others = _Bucket(burst, per_minute), _Bucket(burst, per_minute)
        self._listed: frozenset[_Mark] = frozenset()
        self._refused: frozenset[_Mark] = frozenset()
        self._refused_us = 0
        self.not_kept = 0
        """How many events were over it, since there were any."""

    def kept(self, events: Iterable[Event], now_us: int) -> list[Event]:
        """Those events that are within it; the others are counted."""
        return [event for event in events if self._bucket(event).take(now_us) or self._refuse(now_us)]

    def listed(self, reports: Sequence[Event], now_us: int) -> list[Event]:
        """Those of a full list of open sessions that were in the one before, or are within it."""
        within, told, refused = [], set(), set()
        for report in reports:
            mark = _mark(report)
            if mark in self._listed or self._others.take(now_us):
                within.append(report)
                told.add(mark)
            else:
                refused.add(mark)
                if mark not in self._refused:
                    self._refuse(now_us)
        self._listed, self._refused = frozenset(told), frozenset(refused)
        return within

    def settle(self, now_us: int) -> int:
        """Time has passed; gives how many events were not kept."""
        if self.not_kept and now_us - self._refused_us >= OVER_AFTER_US:
            self.not_kept = 0
        return self.not_kept

    def _bucket(self, event: Event) -> _Bucket:
        return self._failures if event.kind is EventKind.FAILED_LOGIN else self._others

    def _refuse(self, now_us: int) -> bool:
        self.not_kept += 1
        self._refused_us = now_us
        return False


class _Bucket:
    """Fills at an even pace up to its brim."""

    __slots__ = ("_brim", "_filled_us", "_level", "_per_us")

    def __init__(self, brim: int, per_minute: int) -> None:
        self._brim, self._per_us = brim, per_minute / MINUTE_US
        self._level, self._filled_us = float(brim), 0

    def take(self, now_us: int) -> bool:
        """Take one, if there is one."""
        if self._level < self._brim:
            self._level = min(self._brim, self._level + max(now_us - self._filled_us, 0) * self._per_us)
        self._filled_us = now_us
        if self._level < 1:
            return False
        self._level -= 1
        return True


def _mark(report: Event) -> _Mark:
    """What is the same of a session in each list that has it."""
    return (report.origin, report.user, report.tty, report.time_us, report.leader_pid, report.session_id)

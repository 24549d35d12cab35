"""Time as whotop counts it: microseconds since 1970 in UTC, and a clock that can be injected.

Nothing else in whotop asks the system what time it is.
"""

from __future__ import annotations

import time
from typing import Protocol

SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US


class Clock(Protocol):
    """What tells the time: the system, or a test."""

    def now_us(self) -> int:
        """Wall-clock time in µs since 1970, UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary start, never going back."""
        ...


class SystemClock:
    """The computer's own clock."""

    def now_us(self) -> int:
        """Wall-clock time in µs since 1970, UTC."""
        return time.time_ns() // 1000

    def monotonic(self) -> float:
        """Seconds from an arbitrary start, never going back."""
        return time.monotonic()


class ManualClock:
    """A clock that stands still until it is told otherwise; for tests and the demo's history."""

    def __init__(self, now_us: int = 0) -> None:
        self._now_us = now_us
        self._monotonic = 0.0

    def now_us(self) -> int:
        """Wall-clock time in µs since 1970, UTC."""
        return self._now_us

    def monotonic(self) -> float:
        """Seconds since this clock was made."""
        return self._monotonic

    def advance(self, seconds: float) -> None:
        """Let ``seconds`` pass on both scales."""
        self._now_us += round(seconds * SECOND_US)
        self._monotonic += seconds

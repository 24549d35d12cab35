"""How large a store is and will be: what a fleet writes, kept for as long as the configuration says.

The bytes of one are measured, indexes included (docs/store.md): they are those of a fleet whose machines
have two file systems and people with names of usual length.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

HOUR_SECONDS = 3_600
DAY_SECONDS = 24 * HOUR_SECONDS
SAMPLE_BYTES = 120
MINUTE_BYTES = 43
HOUR_BYTES = 43
EVENT_BYTES = 270
SESSION_BYTES = 200


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """A store as it lies there."""

    file_bytes: int
    """With what waits in its write-ahead log."""
    free_bytes: int
    """Of those: left by what was deleted, and used again before the file grows."""
    rows: dict[str, int]
    """By table."""
    first_event_us: int | None
    events_a_day: float
    """Of the last week, or of as much of it as there are events."""
    sessions_a_day: float


class Part(msgspec.Struct, frozen=True):
    """What one kind of thing will take once the oldest of it leaves."""

    name: str
    kept_seconds: int
    size_bytes: int


def forecast(
    intervals_seconds: Iterable[float],
    events_a_day: float,
    sessions_a_day: float,
    *,
    raw_seconds: int,
    minute_seconds: int,
    hour_seconds: int,
    event_seconds: int,
) -> tuple[Part, ...]:
    """The parts of a store, each kept for so long, and in all so many events and sessions a day."""
    intervals = list(intervals_seconds)
    samples = raw_seconds * sum(1 / interval for interval in intervals)
    minutes = len(intervals) * minute_seconds / 60
    hours = len(intervals) * hour_seconds / HOUR_SECONDS
    days = event_seconds / DAY_SECONDS
    return (
        Part("samples as they came", raw_seconds, round(samples * SAMPLE_BYTES)),
        Part("by the minute", minute_seconds, round(minutes * MINUTE_BYTES)),
        Part("by the hour", hour_seconds, round(hours * HOUR_BYTES)),
        Part(
            "events and sessions",
            event_seconds,
            round(days * (events_a_day * EVENT_BYTES + sessions_a_day * SESSION_BYTES)),
        ),
    )

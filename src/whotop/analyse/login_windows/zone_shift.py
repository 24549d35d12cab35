"""Local times to instants, by the rules of java.time, with which the older analyser read them.

A time that the zone skips is as much later as is skipped; one that it has twice is the earlier one.
Both say: the offset before a transition holds until the local time that either side of it ends at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

_DAY = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  a local time
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Transition:
    """One change of a zone's offset."""

    at: datetime
    """The instant."""
    before_s: int
    after_s: int

    @property
    def holds_until_s(self) -> int:
        """The local time, in seconds since 1970 there, before which the offset before holds."""
        return local_seconds(self.at.replace(tzinfo=None)) + max(self.before_s, self.after_s)

    @property
    def gap_s(self) -> int:
        """How much local time is skipped; 0 where it comes twice."""
        return max(self.after_s - self.before_s, 0)


def local_seconds(moment: datetime) -> int:
    """Seconds from 1970-01-01 00:00 of the same zone to a local time."""
    return (moment - _EPOCH) // _SECOND


def instant_of(moment: datetime, zone: tzinfo) -> int:
    """Seconds since 1970 in UTC of a local time."""
    offset = moment.replace(tzinfo=zone, fold=0).utcoffset()
    assert offset is not None
    return local_seconds(moment) - offset // _SECOND


def offset_at(instant: datetime, zone: tzinfo) -> int:
    """The zone's offset in seconds at an instant."""
    offset = instant.astimezone(zone).utcoffset()
    assert offset is not None
    return offset // _SECOND


_EARLIEST_S, _LATEST_S = (
    round((datetime(year, month, day, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())
    for year, month, day in ((1, 1, 4), (9999, 12, 28))
)


def transitions(zone: tzinfo, first_local_s: int, last_local_s: int) -> list[Transition]:
    """The transitions that concern local times between two."""
    return list(_found(zone, instant_near(first_local_s) - 2 * _DAY, instant_near(last_local_s) + 2 * _DAY))


def instant_near(local_s: int) -> datetime:
    """A moment less than a day away, or the nearest that a ``datetime`` holds: 24:00 of its last day is beyond."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=min(max(local_s, _EARLIEST_S), _LATEST_S))


def _found(zone: tzinfo, start: datetime, end: datetime) -> Iterator[Transition]:
    """Look every day; a zone that changes twice in a day is not known."""
    before_s = offset_at(start, zone)
    day = start
    while day < end:
        next_day = min(day + _DAY, end)
        after_s = offset_at(next_day, zone)
        if after_s != before_s:
            yield Transition(_moment_of_change(zone, day, next_day, before_s), before_s, after_s)
            before_s = after_s
        day = next_day


def _moment_of_change(zone: tzinfo, low: datetime, high: datetime, before_s: int) -> datetime:
    """The first second, between two instants, at which the offset is another."""
    while high - low > _SECOND:
        middle = low + (high - low) // 2 // _SECOND * _SECOND
        if offset_at(middle, zone) == before_s:
            low = middle
        else:
            high = middle
    return high

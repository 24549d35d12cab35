"""Where an import need not look for each event whether it is known."""

from __future__ import annotations

from whotop.clock import MINUTE_US, SECOND_US
from whotop.core.identity import TOLERANCE_US
from whotop.model import Event, EventKind
from whotop.monitor.new_ground import NewGround


class Kept:
    """A store that knows of events at some times."""

    def __init__(self, *times_us: int) -> None:
        self.times_us = times_us

    async def is_anything_kept(self, after_us: int, until_us: int) -> bool:
        return any(after_us < time_us <= until_us for time_us in self.times_us)


async def reached(ground: NewGround, *minutes: int, has_met: bool = False) -> list[bool]:
    """Whether each of these minutes is new ground; their events end a second before the next."""
    found = []
    for minute in minutes:
        await ground.move(minute * MINUTE_US, (minute + 1) * MINUTE_US - SECOND_US, has_met=has_met)
        found.append(ground.is_reached)
    return found


async def test_times_of_which_nothing_is_known_are_new() -> None:
    assert await reached(NewGround(Kept()), 5, 6, 7) == [True, True, True]


async def test_what_is_known_of_other_times_does_not_matter() -> None:
    assert await reached(NewGround(Kept(MINUTE_US, 60 * MINUTE_US)), 5, 6) == [True, True]


async def test_what_this_import_wrote_itself_is_not_known() -> None:
    kept = Kept()
    ground = NewGround(kept)
    assert await reached(ground, 5) == [True]
    kept.times_us = (6 * MINUTE_US - SECOND_US,)
    assert await reached(ground, 6) == [True]


async def test_where_something_is_known_it_is_compared_and_the_next_as_well() -> None:
    assert await reached(NewGround(Kept(6 * MINUTE_US)), 5, 6, 7, 8) == [False, False, True, True]
    assert await reached(NewGround(Kept(6 * MINUTE_US + 9 * SECOND_US)), 5, 6, 7, 8) == [True, False, False, True]


async def test_what_another_origin_dates_a_little_earlier_counts() -> None:
    assert await reached(NewGround(Kept(5 * MINUTE_US - TOLERANCE_US)), 5) == [False]


async def test_who_has_met_a_known_session_compares_from_then_on() -> None:
    ground = NewGround(Kept())
    assert await reached(ground, 5) == [True]
    assert await reached(ground, 6, has_met=True) == [False]
    assert await reached(ground, 7) == [False]


def test_an_event_that_is_told_on_both_sides_of_an_end_is_told_once() -> None:
    ground = NewGround(Kept())
    event = Event(machine="web-01", kind=EventKind.LOCK, time_us=7)
    assert ground.first_told({b"a": event, b"b": event}) == {b"a", b"b"}
    assert ground.first_told({b"b": event, b"c": event}) == {b"c"}

"""What imports have told before is passed over."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from whotop.clock import SECOND_US
from whotop.core.keys import import_mark
from whotop.model import Event, EventKind, Origin
from whotop.monitor.told_before import ToldBefore


class Kept:
    """Marks in memory."""

    def __init__(self) -> None:
        self.marks: set[tuple[str, int, bytes]] = set()

    async def marks_in(self, names: Collection[str], from_us: int, until_us: int) -> set[bytes]:
        return {mark for name, time_us, mark in self.marks if name in names and from_us <= time_us <= until_us}

    async def mark(self, marks: Sequence[tuple[str, int, bytes]], anew_us: Mapping[str, int]) -> None:
        self.marks = {one for one in self.marks if one[0] not in anew_us or one[1] < anew_us[one[0]]}
        self.marks.update(marks)


def login(seconds: int, machine: str = "web-01", origin: Origin = Origin.WTMP) -> Event:
    return Event(machine=machine, kind=EventKind.LOGIN, time_us=seconds * SECOND_US, user="anna", origin=origin)


async def compared(kept: Kept, *batches: list[Event], news: Collection[Event] = ()) -> list[Event]:
    """What one import compares; ``news`` of it is new."""
    told, found = ToldBefore(kept), []
    for batch in batches:
        untold = await told.untold(batch)
        found += untold
        if untold:
            await told.note(batch, [event for event in untold if event in news])
    return found


async def test_the_same_file_again_is_passed_over() -> None:
    kept, file = Kept(), [login(1), login(2), login(3)]
    assert await compared(kept, file[:2], file[2:], news=file) == file
    assert await compared(kept, file) == []


async def test_a_file_that_has_grown_is_compared_from_its_first_new_event_on() -> None:
    kept, file = Kept(), [login(1), login(2), login(3, "db-02"), login(3)]
    await compared(kept, [login(1), login(3), login(3, "db-02")])
    assert await compared(kept, file) == [login(2), login(3)]


async def test_another_origin_of_the_same_is_compared() -> None:
    kept = Kept()
    await compared(kept, [login(1)])
    assert await compared(kept, [login(1, origin=Origin.AUTH_LOG)]) == [login(1, origin=Origin.AUTH_LOG)]


async def test_what_another_file_told_is_compared_anew_where_something_new_came_before_it() -> None:
    kept, later, earlier = Kept(), [login(1), login(90)], [login(50)]
    await compared(kept, later, news=later)
    await compared(kept, earlier, news=earlier)
    assert await compared(kept, later) == [login(90)]


async def test_nothing_new_leaves_what_others_told_as_it_is() -> None:
    kept, one, other = Kept(), [login(1), login(90)], [login(1, origin=Origin.AUTH_LOG)]
    await compared(kept, one, news=one)
    await compared(kept, other)
    assert await compared(kept, one) == []


async def test_what_is_passed_over_beside_something_new_stays_known() -> None:
    kept, file, grown = Kept(), [login(1), login(2)], [login(1), login(2), login(3)]
    await compared(kept, file, news=file)
    await compared(kept, grown, news=grown)
    assert await compared(kept, grown) == []


def test_a_mark_tells_origins_apart() -> None:
    assert import_mark(login(1)) != import_mark(login(1, origin=Origin.AUTH_LOG))

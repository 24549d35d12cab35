"""What a store knows of the times after an import: it may tell the end of what was left open.

Files come in any order: the logout of a login that is imported now may have been imported long before.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from typing import Protocol

from whotop.core.replay import Replay
from whotop.core.transition import Transition
from whotop.model import Event, Session

AT_ONCE = 5_000
"""Sessions, and events that may end one."""
MACHINES_AT_ONCE = 500
END_OF_TIME_US = 1 << 62


class Later(Protocol):
    """What there is to ask."""

    async def is_anything_kept(self, after_us: int, until_us: int) -> bool:
        """Whether any event is known between two times, of whichever machine."""
        ...

    async def ends_after(self, names: Collection[str], after_us: int, limit: int) -> list[Event]:
        """The first boots, shutdowns, and logouts without a session after a time, in the order of their times."""
        ...

    async def sessions_after(self, there: Collection[Session], after_us: int, limit: int) -> list[Session]:
        """The first sessions that began after a time where others are: on their terminals, or of bare users."""
        ...


class LaterTimes:
    """Carries a replay on, as long as any of some sessions is open."""

    def __init__(self, store: Later, replay: Replay) -> None:
        self._store, self._replay = store, replay

    async def changes(
        self, left: Callable[[], Collection[Session]], last_us: int, known_us: int
    ) -> AsyncIterator[list[Transition]]:
        """What becomes of those that are ``left``, each time that is asked.

        The last event was of ``last_us``; sessions that began until ``known_us`` are known to the replay.
        """
        if not left():
            return
        if not await self._store.is_anything_kept(last_us, END_OF_TIME_US):
            yield self._replay.carry_on(END_OF_TIME_US)
            return
        self._replay.expect(())
        names = sorted({session.machine for session in left()})
        for start in range(0, len(names), MACHINES_AT_ONCE):
            page = frozenset(names[start : start + MACHINES_AT_ONCE])
            ends_us, begun_us = last_us, known_us
            while ends_us < END_OF_TIME_US and (there := [one for one in left() if one.machine in page]):
                ends = await self._store.ends_after(page, ends_us, AT_ONCE)
                begun = await self._store.sessions_after(there, begun_us, AT_ONCE)
                until_us = min(_until_us([one.time_us for one in ends]), _until_us([one.login_us for one in begun]))
                self._replay.know((one for one in begun if one.login_us <= until_us), 0)
                self._replay.know_ends(one for one in ends if one.time_us <= until_us)
                yield self._replay.carry_on(until_us)
                ends_us, begun_us = until_us, max(until_us, begun_us)


def _until_us(times_us: Sequence[int]) -> int:
    """Until when these are all."""
    return times_us[-1] if len(times_us) >= AT_ONCE else END_OF_TIME_US

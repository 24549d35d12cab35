"""What imports have told before: a file that comes again is passed over, whatever came of its events.

A machine's events are passed over until the first that no import has told, and compared with what is
known from there on. Where they bring something new, what other files told of later times is to be
compared anew: it may mean more now.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from whotop.core.identity import TOLERANCE_US
from whotop.core.keys import import_mark
from whotop.model import Event


class Marks(Protocol):
    """Where it is kept which events were told."""

    async def marks_in(self, names: Collection[str], from_us: int, until_us: int) -> set[bytes]:
        """The marks of several machines between two times."""
        ...

    async def mark(self, marks: Sequence[tuple[str, int, bytes]], anew_us: Mapping[str, int]) -> None:
        """Keep marks, once those of some machines from a time on are forgotten."""
        ...


class ToldBefore:
    """Takes the batches of one import in their order."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
        self._begun: set[str] = set()
        """Machines of which something came that no import has told."""
        self._anew: set[str] = set()
        """Machines of which there is news."""
        self._noted_until_us = -1

    async def untold(self, batch: Sequence[Event]) -> list[Event]:
        """What of a batch is to be compared with what is known."""
        names = {event.machine for event in batch} - self._begun
        known = await self._marks.marks_in(names, batch[0].time_us, batch[-1].time_us) if names else set()
        return [event for event in batch if self._is_untold(event, known)]

    async def note(self, batch: Sequence[Event], news: Iterable[Event]) -> None:
        """Keep that a batch was told, and what of it was news."""
        anew_us: dict[str, int] = {}
        for event in news:
            if event.machine not in self._anew:
                since_us = max(event.time_us - TOLERANCE_US, self._noted_until_us + 1)
                anew_us[event.machine] = min(since_us, anew_us.get(event.machine, since_us))
        told = [event for event in batch if event.machine in self._begun]
        await self._marks.mark([(event.machine, event.time_us, import_mark(event)) for event in told], anew_us)
        self._anew.update(anew_us)
        self._noted_until_us = batch[-1].time_us

    def _is_untold(self, event: Event, known: set[bytes]) -> bool:
        if event.machine not in self._begun and import_mark(event) in known:
            return False
        self._begun.add(event.machine)
        return True

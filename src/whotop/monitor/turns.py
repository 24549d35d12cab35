"""Turns: machines tell their records a few at a time, no faster than the store keeps them.

A first contact brings up to 20,000 records of a machine. Thousands of machines at once would fill
the memory with what waits to be written, and what happens now would be written behind it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

ROOM = 10_000
"""While more changes than this wait to be written, nobody new is asked."""
AT_ONCE = 1
"""Machines asked in one turn of the loop: a key that is pressed waits for what they bring, 10 ms each."""
PAUSE_SECONDS = 0.01


class Turns:
    """Whose records may be asked for. ``ask`` is called when the turn of one that had to wait has come."""

    def __init__(self, waiting: Callable[[], int], ask: Callable[[str], None]) -> None:
        self._waiting, self._ask = waiting, ask
        self._have_one: set[str] = set()
        self._queue: dict[str, None] = {}
        self._places = AT_ONCE
        self._is_wanted = asyncio.Event()

    def has_one(self, machine: str) -> bool:
        """Whether a machine may be asked now; else its turn comes. It lasts until ``take_back``."""
        if machine in self._have_one:
            return True
        if self._places and not self._queue and self._waiting() <= ROOM:
            self._give(machine)
            return True
        self._queue[machine] = None
        self._is_wanted.set()
        return False

    def is_waiting(self, machine: str) -> bool:
        """Whether its turn is still to come."""
        return machine in self._queue

    def take_back(self, machine: str) -> None:
        """Its connection is over, or it is watched no longer."""
        self._have_one.discard(machine)
        self._queue.pop(machine, None)

    async def run(self) -> None:
        """Give turns for ever, until cancelled."""
        while True:
            await self._is_wanted.wait()
            await asyncio.sleep(PAUSE_SECONDS)
            self.next_round()

    def next_round(self) -> None:
        """What was asked for has come, as far as it was small: ask those who wait, if there is room."""
        self._places = AT_ONCE
        while self._queue and self._places and self._waiting() <= ROOM:
            machine = next(iter(self._queue))
            del self._queue[machine]
            self._give(machine)
            self._ask(machine)
        if not self._queue and self._places == AT_ONCE:
            self._is_wanted.clear()

    def _give(self, machine: str) -> None:
        self._places -= 1
        self._have_one.add(machine)
        self._is_wanted.set()

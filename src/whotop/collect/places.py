"""Places: how many machines may be reached at once, and how many of them exchange keys."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Places:
    """The two limits of one collector."""

    def __init__(self, reaching: int, exchanging: int, exchange_seconds: float) -> None:
        self._reaching = asyncio.Semaphore(reaching)
        self._exchanging = asyncio.Semaphore(exchanging)
        self._exchange_seconds = exchange_seconds

    async def reach(self) -> Turn:
        """Wait for a place among the machines that are being reached. The caller must ``leave``."""
        await self._reaching.acquire()
        return Turn(self._reaching, self._exchanging, self._exchange_seconds)


class Turn:
    """One machine's place, from its first packet until its keys are exchanged."""

    def __init__(self, reaching: asyncio.Semaphore, exchanging: asyncio.Semaphore, exchange_seconds: float) -> None:
        self._reaching: asyncio.Semaphore | None = reaching
        self._exchanging = exchanging
        self._exchange_seconds = exchange_seconds
        self._is_exchanging = False
        self._overdue: asyncio.TimerHandle | None = None

    async def exchange(self) -> None:
        """Wait for a place among the key exchanges; the machine has spoken."""
        await self._exchanging.acquire()
        self._is_exchanging = True

    def limit(self, give_up: Callable[[], None]) -> None:
        """Call ``give_up`` if the exchange takes too long: a machine that stalls must not keep its place."""
        self._overdue = asyncio.get_running_loop().call_later(self._exchange_seconds, give_up)

    def leave(self) -> None:
        """Free what is held; calling it again does nothing."""
        if self._overdue is not None:
            self._overdue.cancel()
        if self._is_exchanging:
            self._is_exchanging = False
            self._exchanging.release()
        if self._reaching is not None:
            self._reaching.release()
            self._reaching = None

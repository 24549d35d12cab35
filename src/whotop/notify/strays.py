"""Messages to targets that the configuration no longer names: nobody sends them, so they are given up.

Not at once: another process on the same store may know the target. A message that has been due for a
day has been tried by nobody, for whoever tries one puts off when it is due.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Collection, Iterable

from whotop.clock import DAY_US, Clock
from whotop.errors import StoreError
from whotop.model.delivery import Channel
from whotop.notify.queue import Queue
from whotop.notify.route import Route
from whotop.text import counted

LOOK_SECONDS = 600.0
UNTRIED_US = DAY_US

log = logging.getLogger(__name__)


class Strays:
    """Looks for them from ``run`` to ``close``, or once."""

    def __init__(self, routes: Iterable[Route], queue: Queue, try_for_us: int, clock: Clock) -> None:
        self._queue, self._clock = queue, clock
        routes = tuple(routes)
        self._has_mail = any(route.channel is Channel.MAIL for route in routes)
        self._chats = [route.target for route in routes if route.channel is Channel.CHAT]
        self._untried_us = min(UNTRIED_US, try_for_us)
        self._closed = asyncio.Event()

    async def run(self) -> None:
        """Look now and again."""
        while not self._closed.is_set():
            await self.look()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._closed.wait()

    def close(self) -> None:
        """Look no more."""
        self._closed.set()

    async def look(self) -> None:
        """Give up those that nobody sends, in one line for each target. A store in trouble is tried again later."""
        with contextlib.suppress(StoreError):
            if not self._has_mail:
                await self._give_up(Channel.MAIL, (), "no mail server is configured any longer")
            await self._give_up(Channel.CHAT, self._chats, "no such target is configured any longer")

    async def _give_up(self, channel: Channel, known: Collection[str], why: str) -> None:
        now_us = self._clock.now_us()
        found = await self._queue.strays(channel, known, now_us - self._untried_us)
        for delivery in found:
            await self._queue.give_up(delivery.key, why, now_us)
        _tell((delivery.target for delivery in found), why)


def _tell(targets: Iterable[str], why: str) -> None:
    for target, count in Counter(targets).items():
        log.error("given up, to %s: %s: %s", target, counted(count, "message"), why)

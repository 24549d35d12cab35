"""Sends what is queued: each route by itself, so that a target that hangs holds up no other.

A message leaves the queue only when its target has taken it, or has refused it for good, or when it has
been tried for too long; the last two are told, never dropped silently.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import tzinfo

from whotop.clock import HOUR_US, MINUTE_US, SECOND_US, Clock
from whotop.config.notify_settings import NotifyTable
from whotop.errors import StoreError
from whotop.model.delivery import CLAIMED_AT_ONCE, Delivery, DeliveryKind
from whotop.notify.digest import digest_of
from whotop.notify.pace import Pace, retry_us
from whotop.notify.queue import Queue
from whotop.notify.route import Outcome, Route
from whotop.notify.strays import Strays

LOOK_SECONDS = 30.0
"""How often the queue is looked at without a reason: what another process has left there is sent as well."""
WHENEVER_US = 2**62
"""Later than any message is due."""
TOLD_FOR_US = HOUR_US
"""How long it is said that a message was given up; the queue's list says it for longer."""
CLAIM_US = 5 * MINUTE_US
"""For how long a claimed message is one's own."""
AT_ONCE_US = 2 * SECOND_US
"""An alert that is over so soon is told once, if at all: machines lost one by one are told together then."""

log = logging.getLogger(__name__)


class Sender:
    """Takes messages out of a queue and sends them. ``run`` it, or ``drain`` once."""

    def __init__(
        self,
        routes: Iterable[Route],
        queue: Queue,
        table: NotifyTable,
        zone: tzinfo,
        clock: Clock,
        chance: Callable[[], float] = random.random,
    ) -> None:
        routes = tuple(routes)
        self._lines = [_Line(route, queue, table, zone, clock, chance) for route in routes]
        self._strays = Strays(routes, queue, round(table.try_for_seconds * SECOND_US), clock)

    @property
    def troubles(self) -> list[str]:
        """What cannot be sent just now, or was given up lately, one line each."""
        return [trouble for line in self._lines for trouble in line.troubles]

    def expect(self, due_us: int) -> None:
        """A message has been queued that is due then."""
        for line in self._lines:
            line.expect(due_us)

    async def run(self) -> None:
        """Send for ever, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._strays.run())
            for line in self._lines:
                group.create_task(line.run())

    async def drain(self) -> None:
        """Try everything that waits once, whenever it is due."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._strays.look())
            for line in self._lines:
                group.create_task(line.drain())

    async def close(self, seconds: float) -> None:
        """Let each message that is just going out go out, if that takes no longer; ``run`` begins no other."""
        self._strays.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await asyncio.gather(*(line.close() for line in self._lines))


class _Line:
    """One route, and what is known of its targets."""

    def __init__(
        self,
        route: Route,
        queue: Queue,
        table: NotifyTable,
        zone: tzinfo,
        clock: Clock,
        chance: Callable[[], float],
    ) -> None:
        self._route, self._queue, self._table, self._zone = route, queue, table, zone
        self._clock, self._chance = clock, chance
        self._give_up_us = round(table.try_for_seconds * SECOND_US)
        self._paces: dict[str, Pace] = {}
        self._failing: dict[str, str] = {}
        """By target: why the last attempt failed."""
        self._given_up: dict[str, tuple[int, str]] = {}
        """By target: when a message was given up last, and why."""
        self._sending = asyncio.Lock()
        self._is_stopping = False
        self._wake = asyncio.Event()
        self._due_us = 0
        """When something may be due."""

    @property
    def troubles(self) -> list[str]:
        """Each once: a server that is down fails all its targets alike."""
        since_us = self._clock.now_us() - TOLD_FOR_US
        given_up = [f"given up: {why}" for when_us, why in self._given_up.values() if when_us >= since_us]
        return list(dict.fromkeys([*(f"not sent yet: {why}" for why in self._failing.values()), *given_up]))

    def expect(self, due_us: int) -> None:
        """Something is due then."""
        self._due_us = min(self._due_us, due_us)
        self._wake.set()

    async def run(self) -> None:
        """Send what comes due, for ever."""
        while not self._is_stopping:
            await self._send_due(self._clock.now_us())
            await self._until_due()

    async def drain(self) -> None:
        """Try everything that waits, once."""
        self._is_stopping = False
        await self._send_due(WHENEVER_US)

    async def close(self) -> None:
        """Wait for the message that is just going out."""
        self._is_stopping = True
        self._wake.set()
        async with self._sending:
            pass

    async def _until_due(self) -> None:
        while not self._is_stopping:
            pause = min((self._due_us - self._clock.now_us()) / SECOND_US, LOOK_SECONDS)
            self._wake.clear()
            try:
                async with asyncio.timeout(max(pause, 0)):
                    await self._wake.wait()
            except TimeoutError:
                return

    async def _send_due(self, due_by_us: int) -> None:
        """One pass. Of a store that cannot be read or written the monitor tells; it is tried again."""
        with contextlib.suppress(StoreError):
            async with self._sending:
                await self._pass(due_by_us)

    async def _pass(self, due_by_us: int) -> None:
        """Afterwards ``_due_us`` says when the next pass is worth it."""
        now_us = self._clock.now_us()
        self._due_us = WHENEVER_US
        claimed = await self._queue.claim(self._route.channel, self._route.target, due_by_us, now_us)
        if len(claimed) == CLAIMED_AT_ONCE:
            self.expect(now_us)  # There may be more.
        left = {delivery.key for delivery in claimed}
        try:
            planned = await self._planned(claimed, now_us)
            left |= {delivery.key for delivery in planned}
            async for outcome in self._outcomes(planned):
                await self._note(outcome)
                left.discard(outcome.delivery.key)
                if self._is_stopping or self._clock.now_us() - now_us > CLAIM_US // 2:
                    self.expect(now_us)
                    break
        finally:
            if left:
                await self._queue.release(left)

    async def _outcomes(self, planned: Sequence[Delivery]) -> AsyncIterator[Outcome]:
        if planned:
            async with contextlib.aclosing(self._route.send(planned)) as outcomes:
                async for outcome in outcomes:
                    yield outcome

    async def _planned(self, claimed: Sequence[Delivery], now_us: int) -> list[Delivery]:
        """What goes out now: some by themselves, some as one, and some wait for their target's pace."""
        by_target: dict[str, list[Delivery]] = {}
        for delivery in claimed:
            by_target.setdefault(delivery.target, []).append(delivery)
        planned: list[Delivery] = []
        for target, waiting in by_target.items():
            pace = self._paces.setdefault(target, Pace(self._table))
            for over, unsaid in over_at_once(waiting).items():
                await self._queue.merge(over, [opening.key for opening in unsaid], now_us)
                waiting = [delivery for delivery in waiting if delivery not in unsaid]
            single, together = pace.plan(waiting, now_us)
            planned += single
            if together:
                digest = digest_of(together, self._zone, now_us)
                await self._queue.merge(digest, [member.key for member in together], now_us)
                planned.append(digest)
            elif len(single) < len(waiting):
                self.expect(pace.free_us())
        return planned

    async def _note(self, outcome: Outcome) -> None:
        delivery, now_us = outcome.delivery, self._clock.now_us()
        if not outcome.error:
            self._failing.pop(delivery.target, None)
            log.info("sent to %s: %s", delivery.target, delivery.subject)
            self._paces[delivery.target].sent(delivery, now_us)
            await self._queue.sent(delivery.key, now_us)
            return
        if outcome.is_final or now_us - delivery.created_us >= self._give_up_us:
            self._failing.pop(delivery.target, None)
            self._given_up[delivery.target] = now_us, f"{delivery.subject}: {outcome.error}"
            log.error("given up, to %s: %s: %s", delivery.target, delivery.subject, outcome.error)
            await self._queue.give_up(delivery.key, outcome.error, now_us)
            return
        self._failing[delivery.target] = outcome.error
        log.warning("not sent yet, to %s: %s: %s", delivery.target, delivery.subject, outcome.error)
        due_us = retry_us(delivery.attempts + 1, now_us, self._chance)
        await self._queue.failed(delivery.key, outcome.error, due_us)
        self.expect(due_us)


def over_at_once(waiting: Iterable[Delivery]) -> dict[Delivery, list[Delivery]]:
    """Messages that an alert is over, each with untried ones that it opened a moment before: one is enough."""
    by_alert: dict[bytes, list[Delivery]] = {}
    for delivery in waiting:
        if delivery.alert:
            by_alert.setdefault(delivery.alert, []).append(delivery)
    return {
        over: unsaid
        for of_alert in by_alert.values()
        for over in of_alert
        if over.kind is DeliveryKind.RESOLVE
        and (unsaid := [opening for opening in of_alert if _is_a_moment_before(opening, over)])
    }


def _is_a_moment_before(opening: Delivery, over: Delivery) -> bool:
    is_untried = opening.kind is DeliveryKind.OPEN and opening.attempts == 0
    return is_untried and 0 <= over.created_us - opening.created_us <= AT_ONCE_US

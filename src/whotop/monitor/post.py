"""The way from alerts and events to people: what is to be told is queued with what it tells of, and sent.

With a store a message is written in the commit of its alert: killed at any instant, whotop tells of it
once. Without one the queue is this process's memory.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

from whotop.clock import SECOND_US, Clock
from whotop.core.fleet import Fleet
from whotop.model import Alert, Event, Machine, Origin, Target
from whotop.model.delivery import Delivery
from whotop.notify.notifier import Notifier
from whotop.notify.queue import MemoryQueue, Queue
from whotop.notify.recipients import Recipients
from whotop.notify.routes import routes_of
from whotop.notify.security_events import SecurityEvents
from whotop.notify.sender import Sender
from whotop.notify.settings import NotifySettings
from whotop.store.batch import Restored

if TYPE_CHECKING:
    from whotop.store.deliveries import Deliveries
    from whotop.store.writer import StoreWriter

TICK_US = 10 * SECOND_US
"""How often it is seen whether a reminder or a mail of security events is due."""
CLOSING_SECONDS = 5.0

log = logging.getLogger(__name__)


class Post:
    """Tells people what happens on these machines, from ``run`` to ``close``."""

    def __init__(
        self,
        settings: NotifySettings,
        targets: Iterable[Target],
        fleet: Fleet,
        clock: Clock,
        writer: StoreWriter | None,
        deliveries: Deliveries | None,
    ) -> None:
        table, zone = settings.table, settings.zone
        self._fleet, self._clock, self._writer, self._stored = fleet, clock, writer, deliveries
        self._recipients = Recipients(table, targets)
        self._notifier = Notifier(table, zone, fleet, self._recipients)
        self._security_events = SecurityEvents(_every_us(settings), zone, self._recipients, clock.now_us())
        self._memory = MemoryQueue()
        self._sender = self._sender_of(settings)
        self._settled = asyncio.Event()
        """There is another sender."""
        self._ticked_us = 0

    def _sender_of(self, settings: NotifySettings) -> Sender:
        queue: Queue = self._memory if self._stored is None else self._stored
        return Sender(routes_of(settings.table), queue, settings.table, settings.zone, self._clock)

    @property
    def troubles(self) -> list[str]:
        """What cannot be sent, for the banner."""
        return self._sender.troubles

    async def settle(self, settings: NotifySettings) -> None:
        """Tell whom these settings say from now on. What waits goes on waiting, and who knows of what stays known."""
        self._recipients.settle(settings.table)
        self._notifier.settle(settings.table, settings.zone)
        self._security_events.settle(_every_us(settings), settings.zone)
        before, self._sender = self._sender, self._sender_of(settings)
        await before.close(CLOSING_SECONDS)
        self._settled.set()

    def watch(self, targets: Iterable[Target]) -> None:
        """The machines are these from now on."""
        self._recipients.watch(targets)

    async def resume(self, restored: Restored) -> None:
        """Take up what the store has of machines that are new here. Raises StoreError."""
        if self._stored is None:
            return
        told = await self._stored.of_alerts(alert.key for alert in restored.alerts)
        self._notifier.resume(restored.alerts, told)
        mailed_us = await self._stored.events_mailed_us()
        names = [machine.name for machine in restored.machines.values() if has_event_log(machine)]
        events = await self._stored.unmailed_events(names, mailed_us, self._clock.now_us())
        self._security_events.resume(events, mailed_us)

    def on_alert(self, alert: Alert) -> None:
        """An alert opened, was updated, or resolved."""
        self._queue(self._notifier.on_alert(alert, self._clock.now_us()))

    def on_event(self, event: Event) -> None:
        """An event was collected."""
        if event.origin is Origin.EVENT_LOG:
            self._security_events.on_event(event)

    def tick(self, now_us: int) -> None:
        """Time has passed; to be called about once a second."""
        if now_us - self._ticked_us >= TICK_US:
            self._ticked_us = now_us
            self._queue(self._notifier.tick(now_us))
            self._queue(self._security_events.due(now_us))

    async def run(self) -> None:
        """Send for ever, until cancelled."""
        while True:
            self._settled.clear()
            await self._sender.run()
            await self._settled.wait()

    def queue_round(self, reached: Iterable[str]) -> None:
        """A single round is over: the security events of each Windows machine that was reached are told."""
        machines = (self._fleet.machines.get(name) for name in reached)
        windows = [machine.name for machine in machines if machine is not None and has_event_log(machine)]
        self._queue(self._security_events.of_round(windows, self._clock.now_us()))

    async def drain(self, seconds: float) -> None:
        """Try everything that waits once, in at most so long."""
        try:
            async with asyncio.timeout(seconds):
                await self._sender.drain()
        except TimeoutError:
            log.warning("some messages were not taken within %g s; they stay queued", seconds)

    async def close(self) -> None:
        """Let the message that is just going out go out."""
        await self._sender.close(CLOSING_SECONDS)

    def _queue(self, deliveries: Iterable[Delivery]) -> None:
        for delivery in deliveries:
            if self._writer is None:
                self._memory.add([delivery])
            else:
                self._writer.delivery(delivery)
            if delivery.due_us is not None:
                self._sender.expect(delivery.due_us)


def _every_us(settings: NotifySettings) -> int:
    return round(settings.table.event_log_interval_seconds * SECOND_US)


def has_event_log(machine: Machine) -> bool:
    """Whether it tells the events of a Windows event log."""
    return any(status.origin is Origin.EVENT_LOG and status.used for status in machine.origins)

"""Where messages wait: the store's table, or memory where there is no store."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Protocol

from msgspec.structs import replace

from whotop.model.delivery import CLAIMED_AT_ONCE, Channel, Delivery


class Queue(Protocol):
    """What a sender needs of the queue. Each method may raise StoreError; then nothing has changed."""

    async def claim(self, channel: Channel, target: str, due_by_us: int, now_us: int) -> list[Delivery]:
        """Messages that are due, at most ``CLAIMED_AT_ONCE``: nobody else sends them for some minutes.

        Those come first that were queued first. ``target`` is empty for all of a channel.
        """
        ...

    async def release(self, keys: Collection[bytes]) -> None:
        """Let others send these, or oneself later."""
        ...

    async def merge(self, digest: Delivery, members: Collection[bytes], now_us: int) -> None:
        """Queue a digest, claimed, in the place of the messages that it carries."""
        ...

    async def sent(self, key: bytes, now_us: int) -> None:
        """It is out."""
        ...

    async def failed(self, key: bytes, error: str, due_us: int) -> None:
        """It could not be sent; it is tried again when it is due."""
        ...

    async def give_up(self, key: bytes, error: str, now_us: int) -> None:
        """It is never going to be sent."""
        ...

    async def strays(self, channel: Channel, known: Collection[str], due_by_us: int) -> list[Delivery]:
        """Messages of a channel to others than the ``known`` targets that were due by then and are still here."""
        ...


class MemoryQueue:
    """Messages of this process alone, gone with it."""

    def __init__(self) -> None:
        self.deliveries: dict[bytes, Delivery] = {}
        self._claimed: set[bytes] = set()

    def add(self, deliveries: Iterable[Delivery]) -> None:
        """Queue these; what is there already stays as it is."""
        for delivery in deliveries:
            self.deliveries.setdefault(delivery.key, delivery)

    async def claim(self, channel: Channel, target: str, due_by_us: int, now_us: int) -> list[Delivery]:
        """Messages that are due, the oldest first."""
        due = [
            delivery
            for delivery in self.deliveries.values()
            if delivery.channel is channel
            and target in ("", delivery.target)
            and delivery.due_us is not None
            and delivery.due_us <= due_by_us
            and delivery.key not in self._claimed
        ]
        claimed = sorted(due, key=lambda delivery: delivery.created_us)[:CLAIMED_AT_ONCE]
        self._claimed.update(delivery.key for delivery in claimed)
        return claimed

    async def release(self, keys: Collection[bytes]) -> None:
        """Send these later."""
        self._claimed.difference_update(keys)

    async def merge(self, digest: Delivery, members: Collection[bytes], now_us: int) -> None:
        """Queue a digest in the place of the messages that it carries."""
        for key in members:
            self._change(key, due_us=None, merged_into=digest.key)
        self.add([digest])
        self._claimed.add(digest.key)

    async def sent(self, key: bytes, now_us: int) -> None:
        """It is out."""
        self._change(key, due_us=None, sent_us=now_us, last_error="")

    async def failed(self, key: bytes, error: str, due_us: int) -> None:
        """It is tried again when it is due."""
        self._change(key, due_us=due_us, last_error=error, attempts=self.deliveries[key].attempts + 1)

    async def give_up(self, key: bytes, error: str, now_us: int) -> None:
        """It is never going to be sent."""
        self._change(key, due_us=None, given_up_us=now_us, last_error=error)

    async def strays(self, channel: Channel, known: Collection[str], due_by_us: int) -> list[Delivery]:
        """Messages to others that were due by then and are still here."""
        return [
            delivery
            for delivery in self.deliveries.values()
            if delivery.channel is channel
            and delivery.target not in known
            and delivery.due_us is not None
            and delivery.due_us <= due_by_us
        ]

    def _change(self, key: bytes, **changes: object) -> None:
        self._claimed.discard(key)
        self.deliveries[key] = replace(self.deliveries[key], **changes)

"""Events as they happen, for any number of listeners (server-sent events, WHATWG HTML §9.2).

A batch is encoded once for all who listen with the same filter. Each listener has a queue with a
bound: one that does not read loses its place, not the others' time, and comes back with the
revision that it has seen last (``Last-Event-ID``); what it missed is read from the store.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence

import msgspec

from whotop.core.fleet import EVENTS_KEPT
from whotop.core.query import Query
from whotop.model import Event
from whotop.web.documents import event_document
from whotop.web.refusal import Refusal
from whotop.web.rows import EventRow

QUEUED_BYTES_MAX = 1 << 20
"""About 4,000 events: what may wait for one listener."""


class Listener:
    """One who listens: pieces of the stream that wait for it, until it is cut off."""

    def __init__(self, revision: int) -> None:
        self.since_revision = revision
        """What waits here is newer than this; what is not, is in the store."""
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._woken = asyncio.Event()
        self.is_cut = False

    def offer(self, piece: bytes) -> None:
        """Let a piece wait; cut the listener off if too much does."""
        self._waiting.append(piece)
        self._waiting_bytes += len(piece)
        if self._waiting_bytes > QUEUED_BYTES_MAX:
            self.cut()
        self._woken.set()

    def cut(self) -> None:
        """End the stream, and drop what waits."""
        self.is_cut = True
        self._waiting.clear()
        self._waiting_bytes = 0
        self._woken.set()

    async def next_piece(self, patience_seconds: float) -> bytes:
        """All that waits; b"" when nothing came, or the listener is cut off."""
        if not self._waiting and not self.is_cut:
            self._woken.clear()
            try:
                async with asyncio.timeout(patience_seconds):
                    await self._woken.wait()
            except TimeoutError:
                return b""
        piece = b"".join(self._waiting)
        self._waiting.clear()
        self._waiting_bytes = 0
        return piece


class Hub:
    """Everybody who listens, by filter."""

    def __init__(self, listeners_max: int) -> None:
        self._listeners_max = listeners_max
        self._listeners: dict[str, tuple[Query, set[Listener]]] = {}
        self.revision = 0
        """That of the newest batch."""
        self.cut_count = 0
        """How many were cut off because they did not read."""

    @property
    def count(self) -> int:
        """How many listen."""
        return sum(len(listeners) for _, listeners in self._listeners.values())

    def join(self, query: Query) -> Listener:
        """Listen to events that ``query`` finds, from now on. Raises Refusal when too many do."""
        if self.count >= self._listeners_max:
            raise Refusal(503, f"{self._listeners_max} streams are open already", headers={"retry-after": "30"})
        listener = Listener(self.revision)
        self._listeners.setdefault(query.text, (query, set()))[1].add(listener)
        return listener

    def leave(self, query: Query, listener: Listener) -> None:
        """Listen no more."""
        self.cut_count += listener.is_cut
        _, listeners = self._listeners[query.text]
        listeners.discard(listener)
        if not listeners:
            del self._listeners[query.text]

    def publish(self, revision: int, events: Sequence[Event]) -> None:
        """Hand the events of a batch to all who want them."""
        self.revision = revision
        if len(events) >= EVENTS_KEPT:
            self.cut_all()  # A feed tells no more at once: all of them are in the store, where listeners come back to.
            return
        if events:
            for query, listeners in self._listeners.values():
                _offer(listeners, pieces_of(found(events, query), revision))

    def cut_all(self) -> None:
        """End every stream."""
        for _, listeners in self._listeners.values():
            for listener in listeners:
                listener.cut()


def _offer(listeners: Iterable[Listener], piece: bytes) -> None:
    if piece:
        for listener in listeners:
            listener.offer(piece)


def found(events: Sequence[Event], query: Query) -> Sequence[Event]:
    """Those that a filter finds."""
    return events if query.is_empty else [event for event in events if query.matches(EventRow(event))]


def pieces_of(events: Iterable[Event], revision: int) -> bytes:
    """Events as messages of a stream. The last alone carries the revision: then all of it has arrived."""
    encode = msgspec.json.Encoder().encode
    lines = [b"data: " + encode(event_document(event)) + b"\n\n" for event in events]
    if lines:
        lines[-1] = b"id: %d\n" % revision + lines[-1]
    return b"".join(lines)

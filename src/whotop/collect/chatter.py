"""Chatter: what a server says over its connection besides what our sessions bring.

SSH lets a server talk without end: ignored packets, questions that want an answer, banners, new key
exchanges. Each costs us time or memory, and none of it passes the quota for frames. So every byte of
the connection is counted, those of the sessions are taken off, and what remains must stay small.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from whotop.collect.parcel import Parcel

BURST_BYTES = 524_288
"""A connection begins with a few KiB; an upload over SFTP is answered with some more."""
BYTES_PER_SECOND = 16_384
"""What SSH adds to 200 small packets. A key exchange is 2 KiB, and takes us 2 ms."""
UNREAD_BYTES = 1_048_576
"""Of ours, that it may leave unread: answers to its own questions would pile up."""


class Chatter:
    """The account of one connection. ``excess`` is called once, when it is overdrawn."""

    __slots__ = ("_excess", "_filled_at", "_has_heard", "_left_bytes", "_time")

    def __init__(self, excess: Callable[[], None], time: Callable[[], float]) -> None:
        self._excess: Callable[[], None] | None = excess
        self._time = time
        self._filled_at = time()
        self._left_bytes = float(BURST_BYTES)
        self._has_heard = False

    def heard(self, size_bytes: int, unread_bytes: int) -> None:
        """So much came over the connection; ``unread_bytes`` of ours wait to be taken."""
        self._left_bytes -= size_bytes
        self._has_heard = True
        if self._left_bytes < 0:
            self._fill()
        if (self._left_bytes < 0 or unread_bytes > UNREAD_BYTES) and self._excess is not None:
            excess, self._excess = self._excess, None
            excess()

    def understood(self, size_bytes: int) -> None:
        """So much of it was what a session brought."""
        self._left_bytes += size_bytes

    def was_silent(self) -> bool:
        """Whether nothing has come since this was last asked."""
        was_silent, self._has_heard = not self._has_heard, False
        return was_silent

    def _fill(self) -> None:
        """Only where there is too little: the clock need not be read for each packet."""
        now = self._time()
        self._left_bytes = min(self._left_bytes + (now - self._filled_at) * BYTES_PER_SECOND, BURST_BYTES)
        self._filled_at = now


class Listener:
    """Stands where asyncssh expects a connection to tunnel through: a socket, of which every byte is counted."""

    def __init__(self, sock: Any, chatter: Chatter) -> None:
        self._sock, self._chatter = sock, chatter
        self._is_used = False

    def close(self) -> None:
        """Close the socket, if no connection has come to use it."""
        if not self._is_used:
            self._sock.close()

    async def create_connection(self, session_factory: Callable[[], Any], _host: str, _port: int) -> tuple[Any, Any]:
        """As asyncssh's."""
        loop = asyncio.get_running_loop()
        session = session_factory()
        self._is_used = True
        transport, _ = await loop.create_connection(lambda: _Ear(session, self._chatter), sock=self._sock)
        return transport, session


class _Ear(asyncio.Protocol):
    """Hands everything through to an SSH connection."""

    def __init__(self, session: Any, chatter: Chatter) -> None:
        self._session, self._chatter = session, chatter
        self._received = session.data_received
        self._unread: Callable[[], int] = lambda: 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._unread = transport.get_write_buffer_size
        self._session.connection_made(Parcel(transport, asyncio.get_running_loop().call_soon))

    def data_received(self, data: bytes) -> None:
        # Behind it, because by then a session has said how much of it was for it.
        self._received(data)
        self._chatter.heard(len(data), self._unread())

    def eof_received(self) -> None:
        self._session.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        self._session.connection_lost(exc)

"""A parcel: what a connection writes in one go leaves in one go.

asyncssh sends each packet by itself, and an ignored one before it. Each is a system call, and on the
way to a machine a packet of TCP: twenty until a session runs. Half of them can travel together.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any


class Parcel(asyncio.Transport):
    """A transport before the real one. ``post`` sends what is in it; the loop calls it at its next turn."""

    def __init__(self, transport: asyncio.Transport, call_soon: Callable[[Callable[[], None]], object]) -> None:
        super().__init__()
        self._transport, self._call_soon = transport, call_soon
        self._packets: list[bytes] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Put it in."""
        if not self._packets:
            self._call_soon(self.post)
        self._packets.append(bytes(data))

    def post(self) -> None:
        """Send what has been put in."""
        if self._packets:
            packets, self._packets = self._packets, []
            self._transport.write(b"".join(packets))

    def abort(self) -> None:
        """Send the last words, and end without waiting for what the other side has not taken."""
        self.post()
        self._transport.abort()

    def close(self) -> None:
        """Send what is in it, and end."""
        self.post()
        self._transport.close()

    def is_closing(self) -> bool:
        """As of the transport."""
        return self._transport.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """As of the transport."""
        return self._transport.get_extra_info(name, default)

    def get_write_buffer_size(self) -> int:
        """Bytes that the other side has not taken."""
        return self._transport.get_write_buffer_size() + sum(map(len, self._packets))

"""One connection of a client: it may be neither slow to ask nor slow to take the answer for ever.

uvicorn waits without end for the rest of a request's head, and for a client that reads nothing.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from whotop.web.refusal import refused_body

HEAD_SECONDS = 15.0
"""Until a request's head has come, from the connection's beginning or from its first byte on."""
READER_SECONDS = 30.0
"""How long a client may leave a full buffer (64 KiB) as it is."""
CONNECTIONS_MAX = 512
"""More would take the open files from whoever polls in the same process."""


class Connection(H11Protocol):
    """uvicorn's protocol with two more time limits, and refusals in our shape."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._slow_head: asyncio.TimerHandle | None = None
        self._slow_reader: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request, unless there are too many who do."""
        super().connection_made(transport)
        # As asyncio does where it makes the socket: else a body waits 40 ms for the acknowledgement of its head.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if len(self.connections) > CONNECTIONS_MAX:
            self._give_up()
        else:
            self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        """A head may be complete now, or the next one may have begun."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._stop_waiting()
        elif self._slow_head is None and self.conn.trailing_data[0]:
            self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._stop_waiting()
        self.resume_writing()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """The client does not read as fast as we write."""
        super().pause_writing()
        if self._slow_reader is None:
            self._slow_reader = self.loop.call_later(READER_SECONDS, self._give_up)

    def resume_writing(self) -> None:
        """The client has read."""
        super().resume_writing()
        if self._slow_reader is not None:
            self._slow_reader.cancel()
            self._slow_reader = None

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP gets JSON all the same."""
        body = refused_body(400, msg[:1].lower() + msg[1:].rstrip("."))
        headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
        for event in (h11.Response(status_code=400, headers=headers), h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _wait_for_head(self) -> None:
        self._slow_head = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _stop_waiting(self) -> None:
        if self._slow_head is not None:
            self._slow_head.cancel()
            self._slow_head = None

    def _give_up(self) -> None:
        """Not ``close``: that waits until all is written, to somebody who does not read."""
        self.transport.abort()

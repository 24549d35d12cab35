"""A gate in a jump host's connection: what is behind it must speak before it may exchange keys.

It stands where asyncssh expects the connection to tunnel through, and does for a forwarded
channel what ``reach`` does for a socket.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import asyncssh

from whotop.collect.chatter import Chatter
from whotop.collect.places import Turn
from whotop.errors import UnreachableError


class Gate:
    """Opens channels through one jump host for one machine's turn."""

    def __init__(
        self,
        connection: asyncssh.SSHClientConnection,
        turn: Turn,
        reach_seconds: float,
        chatter: Chatter,
        chatter_of_jump: Chatter,
    ) -> None:
        self._connection, self._turn, self._reach_seconds = connection, turn, reach_seconds
        self._chatter, self._chatter_of_jump = chatter, chatter_of_jump

    async def create_connection(self, session_factory: Callable[[], Any], host: str, port: int) -> tuple[Any, Any]:
        """As asyncssh's, but the session is made once the machine has spoken and its turn has come.

        Raises asyncssh.ChannelOpenError if the jump host cannot reach it, UnreachableError if it is
        silent.
        """
        visitor = _Visitor(self._chatter, self._chatter_of_jump)
        try:
            async with asyncio.timeout(self._reach_seconds):
                channel, _ = await self._connection.create_connection(lambda: visitor, host, port, encoding=None)
        except TimeoutError:
            raise UnreachableError(f"no answer within {self._reach_seconds:.0f} s through its jump host") from None
        try:
            async with asyncio.timeout(self._reach_seconds):
                await visitor.has_spoken
            await self._turn.exchange()
        except TimeoutError:
            channel.abort()
            raise UnreachableError("it accepts connections but does not speak SSH") from None
        except BaseException:
            channel.abort()
            raise
        return channel, visitor.enter(session_factory())


class _Visitor(asyncssh.SSHTCPSession[bytes]):
    """Holds what comes until it is let in; from then on hands everything through, and has it counted."""

    def __init__(self, chatter: Chatter, chatter_of_jump: Chatter) -> None:
        self._chatter, self._chatter_of_jump = chatter, chatter_of_jump
        self.has_spoken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._channel: Any = None
        self._held: list[bytes] = []
        self._session: Any = None
        self._is_over = False
        self._error: Exception | None = None

    def enter(self, session: Any) -> Any:
        """Begin the real session with what was held."""
        self._session = session
        session.connection_made(self._channel)
        for data in self._held:
            session.data_received(data, None)
        self._held.clear()
        if self._is_over:
            session.connection_lost(self._error)
        else:
            self._channel.resume_reading()
        return session

    def connection_made(self, chan: Any) -> None:
        self._channel = chan

    def data_received(self, data: bytes, datatype: int | None) -> None:
        self._chatter_of_jump.understood(len(data))
        if self._session is not None:
            self._session.data_received(data, datatype)
            self._chatter.heard(len(data), self._channel.get_write_buffer_size())
            return
        self._held.append(data)
        if len(self._held) == 1:
            self._channel.pause_reading()
            self._heard()

    def eof_received(self) -> bool:
        self._heard()
        return bool(self._session.eof_received()) if self._session is not None else False

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_over, self._error = True, exc
        self._heard()
        if self._session is not None:
            self._session.connection_lost(exc)

    def pause_writing(self) -> None:
        if self._session is not None:
            self._session.pause_writing()

    def resume_writing(self) -> None:
        if self._session is not None:
            self._session.resume_writing()

    def _heard(self) -> None:
        if not self.has_spoken.done():
            self.has_spoken.set_result(None)

"""Jump hosts: one connection to each, shared by all machines behind it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import asyncssh

from whotop.clock import Clock
from whotop.collect.route import Route
from whotop.errors import MachineError, UnreachableError

FIRST_REST_SECONDS = 2.0
LONGEST_REST_SECONDS = 30.0

Opener = Callable[[Route, asyncssh.SSHClientConnection | None], Awaitable[asyncssh.SSHClientConnection]]


class JumpHosts:
    """The jump hosts in use, each known by all hops that lead to it."""

    def __init__(self, open_connection: Opener, clock: Clock, places: int) -> None:
        self._open, self._clock, self._places = open_connection, clock, places
        self._jumps: dict[tuple[Route, ...], _Jump] = {}

    @asynccontextmanager
    async def through(self, hops: tuple[Route, ...]) -> AsyncIterator[asyncssh.SSHClientConnection]:
        """The connection to the last of ``hops``, with one of its places while a machine is reached.

        Raises MachineError when a jump host cannot be reached.
        """
        jump = self._jump(hops)
        async with jump.places:
            yield await self._connection(hops)

    def close(self) -> None:
        """End all connections."""
        for jump in self._jumps.values():
            if jump.connection is not None:
                jump.connection.abort()
        self._jumps.clear()

    def _jump(self, hops: tuple[Route, ...]) -> _Jump:
        jump = self._jumps.get(hops)
        if jump is None:
            jump = self._jumps[hops] = _Jump(self._places)
        return jump

    async def _connection(self, hops: tuple[Route, ...]) -> asyncssh.SSHClientConnection:
        jump = self._jump(hops)
        async with jump.opening:
            if jump.connection is not None and not jump.connection.is_closed():
                return jump.connection
            jump.check_rest(self._clock.monotonic())
            try:
                before = await self._connection(hops[:-1]) if len(hops) > 1 else None
                jump.connection = await self._open(hops[-1], before)
            except MachineError as error:
                jump.rest(_of_jump(hops[-1], error), self._clock.monotonic())
                raise jump.trouble or error from None
            jump.rest_seconds = FIRST_REST_SECONDS
            return jump.connection


class _Jump:
    """One jump host. Two hundred machines behind one that is down must not each try it."""

    def __init__(self, places: int) -> None:
        self.places = asyncio.Semaphore(places)
        self.opening = asyncio.Lock()
        self.connection: asyncssh.SSHClientConnection | None = None
        self.trouble: MachineError | None = None
        self.rest_seconds = FIRST_REST_SECONDS
        self._rests_until = 0.0

    def rest(self, trouble: MachineError, now: float) -> None:
        """Fail at once with ``trouble`` for a while, each time for longer."""
        self.trouble = trouble
        self._rests_until = now + self.rest_seconds
        self.rest_seconds = min(self.rest_seconds * 2, LONGEST_REST_SECONDS)

    def check_rest(self, now: float) -> None:
        """Raise the trouble of the last attempt while it is recent."""
        if self.trouble is not None and now < self._rests_until:
            raise self.trouble
        self.trouble = None


def _of_jump(hop: Route, error: MachineError) -> MachineError:
    """The same failure, said of the jump host; its kind decides how soon a machine tries again."""
    text = str(error)
    prefix = f"jump host {hop.host}: "
    return UnreachableError(text if text.startswith("jump host ") else prefix + text)

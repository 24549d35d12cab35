"""Reaching a machine: a connected socket on which its SSH server has begun to speak.

The server speaks first, so a socket that is readable belongs to a machine that answers: only then
may it take one of the few places for a key exchange.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import signal
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from whotop.errors import UnreachableError

NAME_LOOKUPS = 16
"""At once, in threads of their own: names that take long must not hold up the rest of whotop."""
COMMAND_END_SECONDS = 1.0
"""For commands that were told to hang up."""

Address = tuple[socket.AddressFamily, tuple[object, ...]]


class CommandEnd(asyncio.SubprocessProtocol):
    """Knows when the process of a ProxyCommand is over: none may outlive the loop that started it."""

    def __init__(self) -> None:
        self.future: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def process_exited(self) -> None:
        """Called when the process has been reaped."""
        if not self.future.done():
            self.future.set_result(None)


class Sockets:
    """Opens sockets; keeps the threads in which names are looked up."""

    def __init__(self, reach_seconds: float) -> None:
        self._reach_seconds = reach_seconds
        self._threads = ThreadPoolExecutor(NAME_LOOKUPS, thread_name_prefix="whotop-names")
        self._commands: set[asyncio.Future[None]] = set()

    async def to(self, host: str, port: int) -> socket.socket:
        """A socket to ``host`` on which something can be read.

        Raises OSError as connect(2) does, socket.gaierror, and UnreachableError if nothing comes.
        """
        try:
            async with asyncio.timeout(self._reach_seconds):
                connected = await self._connected(host, port)
        except TimeoutError:
            raise UnreachableError(f"no answer within {self._reach_seconds:.0f} s") from None
        return await self._once_it_speaks(connected)

    async def through(self, command: str, on_end: Callable[[Callable[[], None]], None]) -> socket.socket:
        """A socket to the ``command`` of a ProxyCommand; ``on_end`` is given what ends that process."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with theirs:
            transport, end = await asyncio.get_running_loop().subprocess_exec(
                CommandEnd,
                os.environ.get("SHELL") or "/bin/sh",
                "-c",
                command,
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=asyncio.subprocess.DEVNULL,
                start_new_session=True,
            )
        self._commands.add(end.future)
        end.future.add_done_callback(self._commands.discard)
        on_end(lambda: _end(transport))
        return await self._once_it_speaks(ours)

    async def close(self) -> None:
        """Let the threads go, and see the commands end; names that are being looked up are not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        if self._commands:
            await asyncio.wait(self._commands, timeout=COMMAND_END_SECONDS)

    async def _connected(self, host: str, port: int) -> socket.socket:
        addresses = await self._addresses(host, port)
        seconds_each = self._reach_seconds / len(addresses)
        trouble: OSError = OSError("no address")
        for family, address in addresses:
            one = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
            one.setblocking(False)
            try:
                async with asyncio.timeout(seconds_each):
                    await asyncio.get_running_loop().sock_connect(one, address)
                return one
            except OSError as error:  # TimeoutError is one
                trouble = error
                one.close()
            except BaseException:
                one.close()
                raise
        raise trouble

    async def _addresses(self, host: str, port: int) -> list[Address]:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        except socket.gaierror:
            loop = asyncio.get_running_loop()
            look_up = functools.partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
            found = await loop.run_in_executor(self._threads, look_up)
        return [(family, address) for family, _, _, _, address in found]

    async def _once_it_speaks(self, connected: socket.socket) -> socket.socket:
        try:
            async with asyncio.timeout(self._reach_seconds):
                await _readable(connected)
            return connected
        except TimeoutError:
            connected.close()
            raise UnreachableError("it accepts connections but does not speak SSH") from None
        except BaseException:
            connected.close()
            raise


async def _readable(connected: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    readable: asyncio.Future[None] = loop.create_future()
    loop.add_reader(connected, _done, readable)
    try:
        await readable
    finally:
        loop.remove_reader(connected)


def _done(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def _end(transport: asyncio.SubprocessTransport) -> None:
    """Hang up, as OpenSSH does, on the command and all that it started."""
    # Not transport.terminate(): its poll may reap the process before asyncio's watcher does.
    if transport.get_returncode() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(transport.get_pid(), signal.SIGHUP)
    transport.close()

"""SSH servers on loopback, one for each simulated machine; a process of its own.

``python -m whotop.demo.servers FOLDER COUNT`` writes a host key, a client key and known_hosts into
FOLDER, says the machines' ports as one JSON line, and serves until its standard input closes. A
line ``MACHINE USER`` makes that user log in, and is answered with the time of it in µs, or with
``away`` where the machine is away, or was: whoever watches it may not be back yet.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import asyncssh

from whotop.clock import Clock, SystemClock
from whotop.demo.conversation import Conversation
from whotop.demo.machine import SimulatedMachine
from whotop.demo.people import Person
from whotop.demo.world import World
from whotop.errors import WireError

TICK_SECONDS = 0.25


class Channel(asyncssh.SSHServerSession[bytes]):
    """One execution of the probe's loader: its source is read and set aside, then the talk begins."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._chan: asyncssh.SSHServerChannel[bytes] | None = None
        self._source_left: int | None = None
        self._buffer = b""
        self.conversation: Conversation | None = None

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        """Remember where to write."""
        self._chan = chan
        self.conversation = Conversation(self._server.machine, self._server.clock, chan.write)

    def exec_requested(self, command: str) -> bool:
        """Whatever is asked to run, it is the simulated probe that runs."""
        return True

    def session_started(self) -> None:
        """From now on this machine talks."""
        self._server.channels.add(self)

    def data_received(self, data: bytes, datatype: asyncssh.DataType) -> None:
        """The loader's input: a length, a newline, the source; then frames."""
        if self._source_left is None:
            length, newline, rest = (self._buffer + data).partition(b"\n")
            if not newline:
                self._buffer = length
                return
            self._source_left, data = int(length), rest
        skipped = min(self._source_left, len(data))
        self._source_left -= skipped
        if self.conversation is not None and (rest := data[skipped:]):
            self._talk(self.conversation, rest)

    def _talk(self, conversation: Conversation, data: bytes) -> None:
        try:
            conversation.receive(data)
        except WireError:
            conversation.is_over = True
        if conversation.is_over and self._chan is not None:
            self._chan.exit(0)

    def eof_received(self) -> bool:
        """Whoever watched has left."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """This channel is closed."""
        self._server.channels.discard(self)


class Connection(asyncssh.SSHServer):
    """One SSH connection to a machine."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Remember it, to be able to cut it."""
        self._connection = conn
        self._server.connections.add(conn)

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self._server.connections.discard(self._connection)

    def session_requested(self) -> Channel:
        """A channel is opened."""
        return Channel(self._server)


class Server:
    """One machine's SSH server; it goes and comes back with the machine."""

    def __init__(self, machine: SimulatedMachine, clock: Clock, folder: Path) -> None:
        self.machine, self.clock = machine, clock
        self.connections: set[asyncssh.SSHServerConnection] = set()
        self.channels: set[Channel] = set()
        self.port = 0
        self._folder = folder
        self._listener: asyncssh.SSHAcceptor | None = None

    async def tend(self) -> None:
        """Listen while the machine is there; break off while it is away."""
        if self.machine.is_away and self._listener is not None:
            self._listener.close()
            self._listener = None
            for connection in list(self.connections):
                connection.abort()
        elif not self.machine.is_away and self._listener is None:
            await self.listen()
        for channel in list(self.channels):
            if channel.conversation is not None:
                channel.conversation.tick()

    async def listen(self) -> None:
        """Open the port, the same as before if there was one."""
        self._listener = await asyncssh.listen(
            "127.0.0.1",
            self.port,
            server_factory=lambda: Connection(self),
            server_host_keys=[str(self._folder / "host_key")],
            authorized_client_keys=str(self._folder / "client_key.pub"),
            encoding=None,
            reuse_address=True,
            agent_forwarding=False,
            allow_scp=False,
            gss_host=None,
        )
        self.port = self._listener.get_port()


def make_keys(folder: Path) -> asyncssh.SSHKey:
    """Make a host key and a client key in ``folder``; give the host key."""
    os.umask(0o077)
    for name in ("host_key", "client_key"):
        key = asyncssh.generate_private_key("ssh-ed25519")
        key.write_private_key(str(folder / name))
        key.write_public_key(str(folder / f"{name}.pub"))
    return asyncssh.read_private_key(str(folder / "host_key"))


async def serve(folder: Path, count: int) -> None:
    """Serve ``count`` machines until standard input closes."""
    clock = SystemClock()
    host_key = make_keys(folder)
    world = World(count, clock.now_us())
    servers = {name: Server(machine, clock, folder) for name, machine in world.machines.items()}
    for server in servers.values():
        await server.listen()
    public = host_key.export_public_key().decode().strip()
    lines = (f"[127.0.0.1]:{server.port} {public}\n" for server in servers.values())
    (folder / "known_hosts").write_text("".join(lines))
    sys.stdout.write(json.dumps({name: server.port for name, server in servers.items()}) + "\n")
    sys.stdout.flush()
    orders = asyncio.create_task(_obey(world, clock))
    while not orders.done():
        await asyncio.sleep(TICK_SECONDS)
        world.step(clock.now_us())
        for server in servers.values():
            await server.tend()
    await orders


async def _obey(world: World, clock: Clock) -> None:
    """Let those log in who are named on standard input, until it closes."""
    while line := await asyncio.to_thread(sys.stdin.buffer.readline):
        name, user = line.split()
        machine, now_us = world.machines[name.decode()], clock.now_us()
        was_away = machine.away_until_us > 0
        if not was_away:
            machine.arrive(Person(user, "192.0.2.1", 1.0, 1.0), now_us)
        sys.stdout.write("away\n" if was_away else f"{now_us}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))

"""Machines that are asyncssh servers on loopback, with a scripted probe behind each session."""

from __future__ import annotations

import zlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import asyncssh
import msgspec

from tests.hello import HELLO
from whotop.model import Target
from whotop.wire.frames import FrameEncoder, down_decoder, preamble
from whotop.wire.messages import Down, Figures, Message, Read, Start, Stop
from whotop.wire.sealing import answered

FIGURES = Figures(clock_us=2)


class FakeProbe:
    """The far end of a conversation, played inside an asyncssh server."""

    def __init__(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        self.process = process
        self.encoder = FrameEncoder()
        self.decoder = down_decoder()
        self.reads: list[tuple[str, ...]] = []
        """Which origins were asked for, each time."""

    async def start(self) -> Start:
        """Swallow the source, as the loader does, and return the start frame."""
        size = int(await self.process.stdin.readline())
        self.packed_source = await self.process.stdin.readexactly(size)
        (start, *_) = await self.received()
        assert isinstance(start, Start)
        return start

    async def received(self) -> list[Down]:
        """The next messages, but for what asks for records."""
        while True:
            data = await self.process.stdin.read(65_536)
            if not data:
                raise EOFError
            messages = self.decoder.feed(data)
            self.reads += [message.origins for message in messages if isinstance(message, Read)]
            others: list[Down] = [message for message in messages if not isinstance(message, Read)]
            if others:
                return others

    def send(self, *messages: Message) -> None:
        self.process.stdout.write(b"".join(map(self.encoder.encode, messages)))

    def answer(self, start: Start) -> None:
        """Write the preamble, and seal everything from now on, as it is asked to."""
        assert start.seal is not None
        enc, seals = answered(start.seal, start.nonce, sha256(zlib.decompress(self.packed_source)).digest())
        self.encoder.seal_with(seals.up)
        self.decoder.open_with(seals.down)
        self.process.stdout.write(preamble(start.nonce, enc))

    async def greet(self) -> Start:
        start = await self.start()
        self.answer(start)
        self.send(HELLO, FIGURES)
        return start


Script = Callable[[FakeProbe], Awaitable[None]]


async def greet_and_stay(probe: FakeProbe) -> None:
    """A probe that is well and has nothing more to say."""
    await probe.greet()
    while not any(isinstance(message, Stop) for message in await probe.received()):
        pass


@dataclass
class FakeMachine:
    """An SSH server of asyncssh on loopback that plays a script for each session."""

    port: int
    key: asyncssh.SSHKey
    server: asyncssh.SSHAcceptor
    commands: list[str] = field(default_factory=list)
    connections: list[asyncssh.SSHServerConnection] = field(default_factory=list)

    def known_hosts_line(self, name: str = "127.0.0.1") -> str:
        return f"[{name}]:{self.port} {self.key.export_public_key().decode().strip()}\n"

    def target(self, name: str = "db-02", **changes: Any) -> Target:
        target = Target(name=name, host="127.0.0.1", port=self.port, user="watcher")
        return msgspec.structs.replace(target, **changes)


class FakeServer(asyncssh.SSHServer):
    def __init__(
        self,
        machine_of: Callable[[], FakeMachine | None],
        password: str | None,
        passwords_told: list[str] | None = None,
        banners: Sequence[str] = (),
    ) -> None:
        self._machine_of, self._password, self._banners = machine_of, password, banners
        self._passwords_told = [] if passwords_told is None else passwords_told

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        machine = self._machine_of()
        if machine is not None:
            machine.connections.append(conn)
        self._connection = conn

    def begin_auth(self, username: str) -> bool:
        for banner in self._banners:
            self._connection.send_auth_banner(banner)
        return True

    def password_auth_supported(self) -> bool:
        return self._password is not None

    def validate_password(self, username: str, password: str) -> bool:
        self._passwords_told.append(password)
        return password == self._password

    def connection_requested(self, dest_host: str, dest_port: int, orig_host: str, orig_port: int) -> bool:
        return True


MachineMaker = Callable[..., Awaitable[FakeMachine]]

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from tests.collect.fake_machine import FakeMachine, FakeProbe, FakeServer, MachineMaker, Script, greet_and_stay
from tests.collect.home import Home
from tests.collect.recording_sink import RecordingSink
from whotop.clock import SystemClock
from whotop.collect.collector import Collector
from whotop.model import Target


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    folder = tmp_path / "home"
    (folder / ".ssh").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return Home(folder)


@pytest.fixture
def user_key(home: Home) -> asyncssh.SSHKey:
    """The key with which the user logs in everywhere."""
    return home.key()


@pytest.fixture
async def machines(user_key: asyncssh.SSHKey) -> AsyncIterator[MachineMaker]:
    """Makes machines: ``await machines(script, **options of asyncssh.listen)``.

    What goes wrong in a script, an assertion too, fails the test at its end: asyncssh only logs it.
    """
    made: list[FakeMachine] = []
    went_wrong: list[Exception] = []

    async def make(
        script: Script = greet_and_stay,
        *,
        algorithm: str = "ssh-ed25519",
        key: asyncssh.SSHKey | None = None,
        password: str | None = None,
        passwords_told: list[str] | None = None,
        banners: Sequence[str] = (),
        **options: Any,
    ) -> FakeMachine:
        host_key = key or asyncssh.generate_private_key(algorithm)
        machine: FakeMachine | None = None

        async def play(process: asyncssh.SSHServerProcess[bytes]) -> None:
            if machine is not None:
                machine.commands.append(process.command or "")
            try:
                await script(FakeProbe(process))
            except (EOFError, asyncssh.Error, OSError):
                return
            except Exception as error:
                went_wrong.append(error)
            finally:
                process.close()

        defaults: dict[str, Any] = {"server_host_keys": [host_key]}
        if password is None:
            defaults["authorized_client_keys"] = asyncssh.import_authorized_keys(user_key.export_public_key().decode())
        server = await asyncssh.listen(
            "127.0.0.1",
            options.pop("port", 0),
            server_factory=lambda: FakeServer(lambda: machine, password, passwords_told, banners),
            process_factory=play,
            encoding=None,
            **(defaults | options),
        )
        machine = FakeMachine(server.get_port(), host_key, server)
        made.append(machine)
        return machine

    yield make
    for machine in made:
        machine.server.close()
        for connection in machine.connections:
            connection.abort()
        await machine.server.wait_closed()
    if went_wrong:
        raise ExceptionGroup("in the scripts of machines", went_wrong)


@pytest.fixture
def trusted(machines: MachineMaker, home: Home) -> MachineMaker:
    """Makes machines as ``machines`` does, the last of which is the one whose host key is known."""

    async def make(script: Script = greet_and_stay, **options: Any) -> FakeMachine:
        machine = await machines(script, **options)
        home.trust(machine.known_hosts_line())
        return machine

    return make


@pytest.fixture
async def sink() -> RecordingSink:
    return RecordingSink()


@pytest.fixture
async def collect(home: Home, sink: RecordingSink) -> AsyncIterator[Callable[..., Collector]]:
    """Starts collectors: ``collect(target…, **settings)``; all are closed at the end."""
    running: list[tuple[Collector, asyncio.Task[None]]] = []

    def start(*targets: Target, **changes: Any) -> Collector:
        collector = Collector(targets, sink, SystemClock(), home.settings(**changes), random=lambda: 1.0)
        running.append((collector, asyncio.create_task(collector.run())))
        return collector

    yield start
    for collector, task in running:
        await collector.close()
        await task


@pytest.fixture
async def speak() -> AsyncIterator[Callable[[bytes], Awaitable[int]]]:
    """Makes things that are no SSH server: ``await speak(words)`` is the port of one that says ``words`` alone."""
    servers: list[asyncio.Server] = []

    async def make(words: bytes) -> int:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(words)
            await reader.read()
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        servers.append(server)
        port: int = server.sockets[0].getsockname()[1]
        return port

    yield make
    for server in servers:
        server.close()
        await server.wait_closed()

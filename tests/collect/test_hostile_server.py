"""What an SSH server may ask of whoever logs in, and does not get."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import asyncssh
import pytest
from asyncssh.packet import String, UInt32

from tests.collect.fake_machine import FakeMachine, FakeProbe, MachineMaker
from tests.collect.home import Home
from tests.collect.recording_sink import RecordingSink
from whotop.collect.collector import Collector

Collect = Callable[..., Collector]

ESCAPES = "\x1b[2J\x1b]0;pwned\x07\u202e\x9b31m"
TCP_ORIGIN = (String(b"127.0.0.1"), UInt32(22), String(b"127.0.0.1"), UInt32(1))


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        (b"auth-agent@openssh.com", ()),
        (b"x11", (String(b"127.0.0.1"), UInt32(6000))),
        (b"forwarded-tcpip", TCP_ORIGIN),
        (b"direct-tcpip", TCP_ORIGIN),
        (b"direct-streamlocal@openssh.com", (String(b"/run/docker.sock"), String(b""), UInt32(0))),
        (b"forwarded-streamlocal@openssh.com", (String(b"/run/docker.sock"), String(b""))),
        (b"tun@openssh.com", (UInt32(1), UInt32(1))),
        (b"session", ()),
    ],
    ids=lambda value: value.decode() if isinstance(value, bytes) else "",
)
async def test_no_channel_is_opened_from_there(
    trusted: MachineMaker,
    home: Home,
    sink: RecordingSink,
    collect: Collect,
    monkeypatch: pytest.MonkeyPatch,
    kind: bytes,
    arguments: tuple[bytes, ...],
) -> None:
    monkeypatch.setenv("SSH_AUTH_SOCK", str(home.folder / "agent"))
    answers: asyncio.Future[BaseException | None] = asyncio.get_running_loop().create_future()

    async def ask_back(far: FakeProbe) -> None:
        await far.greet()
        channel = machine.connections[-1].create_tcp_channel()
        try:
            await channel._open(kind, *arguments)
            answers.set_result(None)
        except asyncssh.ChannelOpenError as refusal:
            answers.set_result(refusal)
        await far.received()

    machine = await trusted(ask_back)
    collect(machine.target())
    assert isinstance(await asyncio.wait_for(answers, 20), asyncssh.ChannelOpenError)
    assert sink.of("lost") == []


@pytest.mark.parametrize("request_name", [b"exec", b"shell", b"env", b"pty-req", b"auth-agent-req@openssh.com"])
async def test_nothing_is_run_or_set_here_at_its_request(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect, request_name: bytes
) -> None:
    granted: asyncio.Future[bool | None] = asyncio.get_running_loop().create_future()

    async def ask_back(far: FakeProbe) -> None:
        await far.greet()
        granted.set_result(await far.process.channel._make_request(request_name, String(b"id"), String(b"")))
        await far.received()

    machine = await trusted(ask_back)
    collect(machine.target())
    assert await asyncio.wait_for(granted, 20) is False
    assert sink.of("lost") == []


async def test_neither_a_terminal_nor_anything_of_our_environment_is_sent(
    trusted: MachineMaker, home: Home, sink: RecordingSink, collect: Collect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_SECRET", "sesame")
    home.config("Host *\n  SendEnv LC_*\n  SetEnv LC_MORE=sesame\n  RequestTTY force\n  ForwardAgent yes\n")
    seen: list[tuple[object, object, object]] = []

    async def look(far: FakeProbe) -> None:
        process = far.process
        seen.append((dict(process.env), process.term_type, process.channel.get_agent_path()))
        await far.greet()
        await far.received()

    machine = await trusted(look, agent_forwarding=True)
    collect(machine.target())
    await sink.wait_for("hello")
    assert seen == [({}, None, None)]


class Asking(asyncssh.SSHServer):
    """A server that asks questions instead of taking keys."""

    def __init__(self, prompts: Sequence[tuple[str, bool]], told: list[list[str]]) -> None:
        self._prompts, self._told = prompts, told

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn

    def begin_auth(self, username: str) -> bool:
        self._connection.send_auth_banner(ESCAPES)
        return True

    def kbdint_auth_supported(self) -> bool:
        return True

    def get_kbdint_challenge(
        self, username: str, lang: str, submethods: str
    ) -> tuple[str, str, str, Sequence[tuple[str, bool]]]:
        return ESCAPES, ESCAPES, "en", self._prompts

    def validate_kbdint_response(self, username: str, responses: Sequence[str]) -> bool:
        self._told.append(list(responses))
        return False


Asker = Callable[[Sequence[tuple[str, bool]], list[list[str]]], Awaitable[FakeMachine]]


@pytest.fixture
async def asking() -> AsyncIterator[Asker]:
    """Makes machines that ask questions."""
    made: list[asyncssh.SSHAcceptor] = []

    async def make(prompts: Sequence[tuple[str, bool]], told: list[list[str]]) -> FakeMachine:
        key = asyncssh.generate_private_key("ssh-ed25519")
        server = await asyncssh.listen(
            "127.0.0.1", 0, server_factory=lambda: Asking(prompts, told), server_host_keys=[key]
        )
        made.append(server)
        return FakeMachine(server.get_port(), key, server)

    yield make
    for server in made:
        server.close()
        await server.wait_closed()


@pytest.mark.parametrize(
    ("prompts", "answers"),
    [
        ([(f"Password{ESCAPES}: ", False)], ["sesame"]),
        ([(f"Your other machine's key{ESCAPES}? ", True)], None),
        ([("Password: ", False), ("And that of the bank: ", False)], None),
        ([("x" * 30_000, True)] * 5, None),
    ],
    ids=["password", "another question", "two questions", "many long questions"],
)
async def test_what_it_asks_is_not_shown_and_only_a_password_is_told(
    asking: Asker,
    home: Home,
    sink: RecordingSink,
    collect: Collect,
    capfd: pytest.CaptureFixture[str],
    prompts: Sequence[tuple[str, bool]],
    answers: list[str] | None,
) -> None:
    told: list[list[str]] = []
    machine = await asking(prompts, told)
    home.trust(machine.known_hosts_line())
    collect(machine.target(), passwords={"db-02": "sesame"}, slowest_delay_seconds=60.0)
    reason = await sink.wait_for("lost")
    assert reason.startswith("authentication refused for watcher")
    assert reason.isprintable()
    assert told[:1] == ([answers] if answers else [])
    assert capfd.readouterr() == ("", "")

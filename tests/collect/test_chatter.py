"""What a server says besides what it is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import asyncssh
import pytest
from asyncssh.packet import Boolean, String

from tests.collect.fake_machine import FakeMachine, FakeProbe, MachineMaker
from tests.collect.home import Home
from tests.collect.recording_sink import RecordingSink
from whotop.collect.chatter import BURST_BYTES, BYTES_PER_SECOND, UNREAD_BYTES, Chatter
from whotop.collect.collector import Collector

Collect = Callable[..., Collector]
TALKS = "its SSH server talks without end of what nobody asked for"

MSG_IGNORE, MSG_GLOBAL_REQUEST, MSG_USERAUTH_BANNER = 2, 80, 53


class Account:
    def __init__(self) -> None:
        self.now = 0.0
        self.excesses = 0
        self.chatter = Chatter(self._excess, lambda: self.now)

    def _excess(self) -> None:
        self.excesses += 1


def test_what_sessions_bring_is_no_chatter() -> None:
    account = Account()
    for _ in range(1_000):
        account.chatter.understood(32_000)
        account.chatter.heard(32_064, 0)
    assert account.excesses == 0


def test_more_than_a_little_beside_it_is_too_much_and_said_once() -> None:
    account = Account()
    account.chatter.heard(BURST_BYTES, 0)
    assert account.excesses == 0
    account.chatter.heard(1, 0)
    account.chatter.heard(1, 0)
    assert account.excesses == 1


def test_time_makes_room_for_more() -> None:
    account = Account()
    account.chatter.heard(BURST_BYTES, 0)
    account.now = 60.0
    account.chatter.heard(60 * BYTES_PER_SECOND, 0)
    assert account.excesses == 0
    account.chatter.heard(BURST_BYTES + 1, 0)
    assert account.excesses == 1


def test_who_asks_and_does_not_read_the_answers_is_left() -> None:
    account = Account()
    account.chatter.heard(100, UNREAD_BYTES)
    assert account.excesses == 0
    account.chatter.heard(100, UNREAD_BYTES + 1)
    assert account.excesses == 1


async def talk(connection: asyncssh.SSHServerConnection, kind: int, *payload: bytes) -> None:
    """Say it until nobody listens any more."""
    while not connection.is_closed():
        for _ in range(20):
            connection.send_packet(kind, *payload)
        await asyncio.sleep(0)


async def watched(machine: FakeMachine, home: Home, collect: Collect) -> None:
    home.trust(machine.known_hosts_line())
    collect(machine.target(), slowest_delay_seconds=60.0)


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        (MSG_IGNORE, (String(b"x" * 1_000),)),
        (MSG_GLOBAL_REQUEST, (String(b"nonsense"), Boolean(False))),
    ],
    ids=["ignored packets", "requests"],
)
async def test_a_server_that_talks_without_end_is_left_with_one_line(
    machines: MachineMaker,
    home: Home,
    sink: RecordingSink,
    collect: Collect,
    kind: int,
    payload: tuple[bytes, ...],
) -> None:
    async def greet_and_talk(far: FakeProbe) -> None:
        await far.greet()
        await talk(machine.connections[-1], kind, *payload)

    machine = await machines(greet_and_talk)
    await watched(machine, home, collect)
    assert await sink.wait_for("lost") == TALKS


async def test_banners_without_end_before_the_login_are_left_too(
    machines: MachineMaker, home: Home, sink: RecordingSink, collect: Collect
) -> None:
    machine = await machines(banners=["y" * 30_000] * 40)
    await watched(machine, home, collect)
    assert await sink.wait_for("lost") == TALKS


async def test_a_server_that_changes_keys_all_the_time_is_left(
    machines: MachineMaker, home: Home, sink: RecordingSink, collect: Collect
) -> None:
    async def greet_and_send(far: FakeProbe) -> None:
        await far.greet()
        while True:
            far.process.stderr.write(b"x" * 200)
            await asyncio.sleep(0)

    machine = await machines(greet_and_send, rekey_bytes=100)
    await watched(machine, home, collect)
    assert await sink.wait_for("lost") == TALKS


async def test_a_machine_behind_a_jump_host_is_held_to_it_and_the_jump_host_stays(
    machines: MachineMaker, home: Home, sink: RecordingSink, collect: Collect
) -> None:
    async def greet_and_talk(far: FakeProbe) -> None:
        await far.greet()
        await talk(talking.connections[-1], MSG_IGNORE, String(b"x" * 1_000))

    jump, talking, well = await machines(), await machines(greet_and_talk), await machines()
    home.trust(*(each.known_hosts_line() for each in (jump, talking, well)))
    way = f"watcher@127.0.0.1:{jump.port}"
    collect(talking.target("talking", jump=way), well.target("well", jump=way), slowest_delay_seconds=60.0)
    assert await sink.wait_for("lost", "talking") == TALKS
    await sink.wait_for("hello", "well")
    assert sink.of("lost", "well") == []
    assert len(jump.connections) == 1

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from tests.collect.fake_machine import FakeMachine, MachineMaker
from tests.collect.home import Home
from tests.collect.recording_sink import RecordingSink
from whotop.collect.collector import Collector
from whotop.model import Target

Collect = Callable[..., Collector]
Speak = Callable[[bytes], Awaitable[int]]


RELAY = """
import os, socket, sys, threading
there = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
def down():
    for data in iter(lambda: there.recv(65536), b""):
        os.write(1, data)
threading.Thread(target=down, daemon=True).start()
print("complaints go nowhere", file=sys.stderr, flush=True)
for data in iter(lambda: os.read(0, 65536), b""):
    there.sendall(data)
"""


def behind(machine: FakeMachine, jump: FakeMachine, name: str = "db-02") -> Target:
    return machine.target(name, jump=f"watcher@127.0.0.1:{jump.port}")


async def test_all_machines_behind_a_jump_host_share_one_connection_to_it(
    machines: MachineMaker, home: Home, sink: RecordingSink, collect: Collect
) -> None:
    jump, machine = await machines(), await machines()
    home.trust(jump.known_hosts_line(), machine.known_hosts_line())
    collect(*(behind(machine, jump, f"m{number}") for number in range(20)))
    await sink.wait_for("figures", count=20)
    assert len(jump.connections) == 1
    assert len(machine.connections) == 20
    assert sink.of("lost") == []


async def test_where_ssh_config_leads_and_through_what_is_told(
    machines: MachineMaker, home: Home, sink: RecordingSink, collect: Collect
) -> None:
    jump, machine = await machines(), await machines()
    home.trust(jump.known_hosts_line(), machine.known_hosts_line())
    home.config(
        f"Host db\n  HostName 127.0.0.1\n  Port {machine.port}\n  User ops\n  ProxyJump bastion\n"
        f"Host bastion\n  HostName 127.0.0.1\n  Port {jump.port}\n  User watcher\n"
    )
    collect(Target(name="db"), Target(name="plain", host="127.0.0.1", port=machine.port))
    await sink.wait_for("hello", count=2)
    assert sink.ways == {
        "db": (f"ops@127.0.0.1:{machine.port}", "bastion"),
        "plain": (f"127.0.0.1:{machine.port}", ""),
    }


async def test_a_jump_host_is_under_the_same_host_key_rules(
    machines: MachineMaker, home: Home, sink: RecordingSink, collect: Collect
) -> None:
    jump, machine = await machines(), await machines()
    home.trust(machine.known_hosts_line())
    collect(behind(machine, jump))
    reason = await sink.wait_for("lost")
    assert reason.startswith("jump host 127.0.0.1: its host key is unknown")


async def test_a_machine_behind_a_jump_host_is_under_them_too(
    machines: MachineMaker, home: Home, sink: RecordingSink, collect: Collect
) -> None:
    jump, machine = await machines(), await machines()
    home.trust(jump.known_hosts_line())
    collect(behind(machine, jump))
    assert (await sink.wait_for("lost")).startswith("its host key is unknown")


async def test_a_jump_host_that_was_lost_is_opened_again_once_for_all(
    machines: MachineMaker, home: Home, sink: RecordingSink, collect: Collect
) -> None:
    jump, machine = await machines(), await machines()
    home.trust(jump.known_hosts_line(), machine.known_hosts_line())
    collect(*(behind(machine, jump, f"m{number}") for number in range(5)))
    await sink.wait_for("hello", count=5)
    jump.connections[0].abort()
    await sink.wait_for("hello", count=10)
    assert len(jump.connections) == 2


async def test_what_the_jump_host_cannot_reach_is_said(
    machines: MachineMaker, home: Home, sink: RecordingSink, collect: Collect, speak: Speak
) -> None:
    jump, machine = await machines(), await machines()
    home.trust(jump.known_hosts_line(), machine.known_hosts_line())
    refused = msgspec.structs.replace(behind(machine, jump, "refused"), port=1)
    collect(refused, behind(machine, jump, "well"))
    assert (await sink.wait_for("lost", "refused")).startswith("its jump host cannot reach it")
    await sink.wait_for("hello", "well")


async def test_a_silent_machine_behind_a_jump_host_holds_no_place_in_the_key_exchange(
    machines: MachineMaker, home: Home, sink: RecordingSink, collect: Collect, speak: Speak
) -> None:
    jump, machine = await machines(), await machines()
    port = await speak(b"")
    home.trust(jump.known_hosts_line(), machine.known_hosts_line())
    mute = [msgspec.structs.replace(behind(machine, jump, f"mute{number}"), port=port) for number in range(4)]
    collect(*mute, behind(machine, jump), exchanging=1, reach_seconds=1.0)
    await sink.wait_for("hello", "db-02")
    assert await sink.wait_for("lost", "mute0") == "it accepts connections but does not speak SSH"


async def test_a_jump_host_that_is_down_is_not_tried_by_every_machine_behind_it(
    home: Home, sink: RecordingSink, collect: Collect, machines: MachineMaker
) -> None:
    machine = await machines()
    jumps = [machine.target(f"m{number}", jump="watcher@127.0.0.1:1") for number in range(10)]
    collect(*jumps, first_delay_seconds=100.0, slowest_delay_seconds=100.0)
    await sink.wait_for("lost", count=10)
    assert set(sink.of("lost")) == {"jump host 127.0.0.1: connection refused"}


async def test_a_chain_of_jump_hosts_from_ssh_config_is_followed(
    machines: MachineMaker, home: Home, sink: RecordingSink, collect: Collect
) -> None:
    outer, middle, machine = await machines(), await machines(), await machines()
    home.trust(*(one.known_hosts_line() for one in (outer, middle, machine)))
    home.config(
        f"Host outer\n HostName 127.0.0.1\n Port {outer.port}\n"
        f"Host middle\n HostName 127.0.0.1\n Port {middle.port}\n ProxyJump outer\n"
        f"Host inner\n HostName 127.0.0.1\n Port {machine.port}\n ProxyJump middle\n"
        "Host *\n User watcher\n"
    )
    collect(Target(name="inner"))
    await sink.wait_for("hello")
    assert (len(outer.connections), len(middle.connections), len(machine.connections)) == (1, 1, 1)


async def test_a_proxy_command_of_ssh_config_carries_the_connection(
    machines: MachineMaker, home: Home, sink: RecordingSink, collect: Collect
) -> None:
    machine = await machines()
    home.trust(machine.known_hosts_line("db-02"))
    relay = home.folder / "relay.py"
    relay.write_text(RELAY)
    home.config(f"Host db-02\n Port {machine.port}\n User watcher\n ProxyCommand python3 {relay} %p\n")
    collect(Target(name="db-02"))
    await sink.wait_for("hello")

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from tests.collect.recording_sink import RecordingSink
from tests.rig.machine import Rig, RigMachine
from whotop.clock import SystemClock
from whotop.collect.collector import Collector
from whotop.collect.settings import CollectSettings
from whotop.wire.messages import Sessions

pytestmark = pytest.mark.rig

Watch = Callable[..., Collector]


@pytest.fixture
async def sink() -> RecordingSink:
    return RecordingSink()


@pytest.fixture
async def watch(rig: Rig, sink: RecordingSink) -> AsyncIterator[Watch]:
    """Starts a collector on some machines of the rig."""
    running: list[tuple[Collector, asyncio.Task[None]]] = []

    def start(*machines: RigMachine) -> Collector:
        settings = CollectSettings(
            own_known_hosts=rig.folder / "own", ssh_config_files=(rig.ssh_config,), keepalive_seconds=2.0
        )
        collector = Collector([machine.target() for machine in machines], sink, SystemClock(), settings)
        running.append((collector, asyncio.create_task(collector.run())))
        return collector

    yield start
    for collector, task in running:
        await collector.close()
        await task


async def sessions_with(sink: RecordingSink, user: bytes, *, present: bool = True) -> Sessions:
    """The next list of sessions that holds ``user``, or does not."""
    count = 1
    while True:
        sessions: Sessions = await sink.wait_for("sessions", count=count)
        if (user in (sessions.utmp or b"")) == present and count == len(sink.of("sessions")):
            return sessions
        count += 1


async def test_a_machine_says_who_it_is_and_who_logs_in(rig: Rig, sink: RecordingSink, watch: Watch) -> None:
    machine = rig.machine("web-01")
    watch(machine)
    hello = await sink.wait_for("hello")
    assert hello.hostname == b"web-01"
    assert hello.boot_id.strip() == (machine.folder / "boot_id").read_bytes().strip()
    login = machine.login("alice")
    await sessions_with(sink, b"alice\0")
    login.logout()
    await sink.wait_for("records", count=2)
    assert b"alice\0" in b"".join(records.data for records in sink.of("records"))


async def test_a_machine_behind_a_bastion_is_watched_through_it(rig: Rig, sink: RecordingSink, watch: Watch) -> None:
    bastion = rig.machine("bastion")
    inner = rig.machine("db-02", behind=bastion)
    watch(inner)
    hello = await sink.wait_for("hello", "db-02")
    assert hello.hostname == b"db-02"
    connections = bastion.run("ss -Htn state established 'sport = :22'").splitlines()
    assert len(connections) == 1
    inner.login("bob")
    await sessions_with(sink, b"bob\0")


async def test_a_killed_sshd_is_noticed_and_the_machine_watched_again_when_it_is_back(
    rig: Rig, sink: RecordingSink, watch: Watch
) -> None:
    machine, other = rig.machine("web-01"), rig.machine("web-02")
    watch(machine, other)
    await sink.wait_for("hello", "web-01")
    await sink.wait_for("hello", "web-02")
    machine.kill_sshd()
    await sink.wait_for("lost", "web-01")
    machine.start_sshd()
    await sink.wait_for("hello", "web-01", count=2)
    assert sink.of("lost", "web-02") == []


async def test_a_link_that_is_cut_without_a_packet_is_noticed_by_keep_alives(
    rig: Rig, sink: RecordingSink, watch: Watch
) -> None:
    machine = rig.machine("web-01")
    watch(machine)
    await sink.wait_for("figures")
    machine.cut()
    assert await sink.wait_for("lost") == "connection lost: no answer to keep-alives"
    machine.mend()
    await sink.wait_for("hello", count=2)


async def test_a_reboot_brings_a_new_boot_id(rig: Rig, sink: RecordingSink, watch: Watch) -> None:
    machine = rig.machine("web-01")
    watch(machine)
    before = await sink.wait_for("hello")
    machine.reboot()
    after = await sink.wait_for("hello", count=2)
    assert before.boot_id != after.boot_id

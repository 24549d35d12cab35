"""When the whotop that polls a machine is killed, another one that follows goes on: nothing lost, nothing twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rig.eye import watching
from tests.rig.kept import holds_what_was_written, until_wtmp_is_read
from tests.rig.machine import Rig, RigMachine, until
from tests.rig.whotop_process import WhotopProcess

pytestmark = pytest.mark.rig


def probes(machine: RigMachine) -> int:
    return int(machine.run("pgrep -cu watcher -f '^[^ ]*python3 -I'", check=False))


async def test_of_three_two_are_killed_and_the_third_is_live(rig: Rig, tmp_path: Path) -> None:
    machine = rig.machine("web-01")
    store = tmp_path / "whotop.db"
    async with WhotopProcess(rig, machine, store=store) as first:
        while not (await first.fleet()).is_up("web-01"):
            pass
        async with WhotopProcess(rig, machine, store=store) as second, watching(rig, machine, store=store) as third:
            await second.fleet()
            assert third.feed.kind == "follow"
            machine.login("alice")
            await third.until_there("alice", "web-01")
            assert probes(machine) == 1

            await first.kill()
            bob = machine.login("bob")
            await third.until_there("bob", "web-01")
            until(lambda: probes(machine) == 1, "one of the two polls, and one alone")

            await second.kill()
            bob.logout()
            machine.until_left("bob")
            machine.login("carol")
            await third.until_there("carol", "web-01")
            await third.until_gone("bob", "web-01")
            await until_wtmp_is_read(store, machine, "alice", "carol")
            assert third.feed.kind == "live"
            assert sorted(session.user for session in third.fleet.sessions.values()) == ["alice", "carol"]
            until(lambda: probes(machine) == 1, "the one that still polls, and that alone")
    print(await holds_what_was_written(store, "web-01", (machine.folder / "log" / "wtmp").read_bytes()))

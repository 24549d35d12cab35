"""The simulated fleet for real: SSH on loopback, watched as any other."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from whotop.clock import SystemClock
from whotop.collect.settings import CollectSettings
from whotop.core.fleet import Fleet
from whotop.demo.start import demo_fleet
from whotop.errors import WhotopError
from whotop.model import MachineState
from whotop.monitor.opening import WatchSettings, watching


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked for in /proc")
async def test_machines_are_up_and_people_are_on_them_and_nothing_is_left_behind() -> None:
    async with demo_fleet(3) as demo:
        collect = CollectSettings(own_known_hosts=demo.known_hosts, ssh_config_files=())
        fleet = Fleet()
        async with watching(demo.targets, WatchSettings(collect=collect), SystemClock()) as feed:
            async for batch in feed.batches():
                fleet.apply(batch)
                if all(machine.state is MachineState.UP for machine in fleet.machines.values()) and fleet.events:
                    break
        assert fleet.machines.keys() == {"web-01", "db-01", "app-01"}
        assert processes_with(demo.folder)
    assert not demo.folder.exists()
    assert not processes_with(demo.folder)


async def test_servers_that_do_not_start_are_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(WhotopError, match="did not start"):
        async with demo_fleet(1):
            pass


def processes_with(word: object) -> list[str]:
    """The command lines of running processes that name it."""
    found: list[str] = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_bytes().decode(errors="replace")
        except OSError:  # it has just ended
            continue
        if str(word) in command:
            found.append(command)
    return found

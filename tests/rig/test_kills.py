"""Killed at any moment while people come and go and files are rotated, whotop loses nothing and keeps nothing twice."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
from pathlib import Path

import pytest

from tests.rig.eye import watching
from tests.rig.kept import holds_what_was_written, until_wtmp_is_read
from tests.rig.machine import Rig, RigMachine
from tests.rig.traffic import Traffic
from tests.rig.whotop_process import WhotopProcess

pytestmark = pytest.mark.rig

START_SECONDS = 2.5


@pytest.mark.parametrize("kills", [10, pytest.param(200, marks=pytest.mark.long)])
async def test_every_login_and_logout_is_kept_once_though_whotop_is_killed_and_files_are_rotated(
    rig: Rig, tmp_path: Path, kills: int
) -> None:
    seed = int(os.environ.get("WHOTOP_SEED", "0")) or random.SystemRandom().getrandbits(32)
    print(f"WHOTOP_SEED={seed}")
    chance = random.Random(seed)
    machines = [rig.machine("web-01"), rig.machine("web-02")]
    store = tmp_path / "whotop.db"
    async with watching(rig, *machines, store=store) as eye:
        await eye.until_up("web-01", "web-02")
    async with Traffic(machines, chance):
        for number in range(kills):
            async with WhotopProcess(rig, *machines, store=store) as whotop:
                with contextlib.suppress(TimeoutError):  # A slow computer kills it while it starts, at times.
                    await asyncio.wait_for(whotop.fleet(), START_SECONDS)
                await asyncio.sleep(chance.uniform(0, 1.2))
                if number == kills // 3:
                    _rotate(machines[0])
                    await asyncio.sleep(chance.uniform(0, 0.5))
            if number == kills // 2:
                _rotate(machines[1])
    async with watching(rig, *machines, store=store) as eye:
        await eye.until_up("web-01", "web-02")
        for machine in machines:
            await eye.until_there("dave", machine.name)
            await until_wtmp_is_read(store, machine, "dave")
    print(f"killed {kills} times")
    for machine in machines:
        written = b"".join((machine.folder / "log" / name).read_bytes() for name in ("wtmp.1", "wtmp"))
        print(await holds_what_was_written(store, machine.name, written))


def _rotate(machine: RigMachine) -> None:
    """Put a new wtmp in the place of the old one, as logrotate does with ``create``."""
    log = machine.folder / "log"
    (log / "wtmp.1").hardlink_to(log / "wtmp")
    (log / "wtmp.new").touch(0o664)
    (log / "wtmp.new").replace(log / "wtmp")

"""Whatever happens between a machine and whotop while people come and go, the store is as if nothing had.

That is: it holds each session and event of all that was ever written to wtmp, with their outcomes, once;
when they were seen may differ.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.rig.eye import watching
from tests.rig.kept import holds_what_was_written, kept_events, seen, until_wtmp_is_read
from tests.rig.machine import Rig, RigMachine
from tests.rig.rotated import RotatedMachine
from tests.rig.traffic import Traffic
from whotop.clock import SECOND_US, SystemClock
from whotop.model import EventKind, Origin
from whotop.parse import utmp
from whotop.store.store import open_store

pytestmark = pytest.mark.rig


Disturbance = Callable[[RotatedMachine], Awaitable[object] | None]


async def restart_sshd(rotated: RotatedMachine) -> None:
    await asyncio.to_thread(rotated.machine.restart_sshd)


async def restart_sshd_and_kill_the_probe(rotated: RotatedMachine) -> None:
    await restart_sshd(rotated)
    kill_the_probe(rotated)


def kill_the_probe(rotated: RotatedMachine) -> None:
    rotated.machine.kill_probe()


async def cut_for_2_s(rotated: RotatedMachine) -> None:
    await _cut(rotated.machine, 2)


async def cut_for_60_s(rotated: RotatedMachine) -> None:
    await _cut(rotated.machine, 60)


async def _cut(machine: RigMachine, seconds: float) -> None:
    machine.cut()
    await asyncio.sleep(seconds)
    machine.mend()


async def rename_without_a_link(rotated: RotatedMachine) -> None:
    await _without_a_link(rotated, rotated.rename)


async def copy_and_truncate_without_a_link(rotated: RotatedMachine) -> None:
    await _without_a_link(rotated, rotated.copy_and_truncate)


async def compress_without_a_link(rotated: RotatedMachine) -> None:
    await _without_a_link(rotated, rotated.compress)


async def _without_a_link(rotated: RotatedMachine, rotate: Callable[[], None]) -> None:
    rotated.machine.cut()
    await asyncio.sleep(1)
    rotate()
    await asyncio.sleep(1)
    rotated.machine.mend()


RARE: list[Disturbance] = [cut_for_60_s]
OF_THE_LINK: list[Disturbance] = [
    kill_the_probe,
    restart_sshd,
    restart_sshd_and_kill_the_probe,
    cut_for_2_s,
]
OF_THE_FILE: list[Disturbance] = [
    rename_without_a_link,
    RotatedMachine.rename,
    RotatedMachine.copy_and_truncate,
    RotatedMachine.compress,
]
OF_BOTH: list[Disturbance] = [copy_and_truncate_without_a_link, compress_without_a_link]
OFTEN = [*OF_THE_LINK, *OF_THE_FILE, *OF_BOTH]


def name_of(value: object) -> str:
    return getattr(value, "__name__", str(value))


@pytest.mark.parametrize("disturbances", [OF_THE_LINK, OF_THE_FILE], ids=["link", "file"])
async def test_disturbed_once(rig: Rig, tmp_path: Path, disturbances: list[Disturbance]) -> None:
    """Each on a machine and with a store of its own, all at the same time: they mostly wait."""
    machines = [rig.machine(f"web-{number:02}") for number, _ in enumerate(disturbances, 1)]
    async with asyncio.TaskGroup() as trials:
        for machine, disturb in zip(machines, disturbances, strict=True):
            trials.create_task(disturbed(rig, machine, tmp_path / f"{machine.name}.db", [disturb]))


@pytest.mark.long
@pytest.mark.parametrize("disturb", [*OFTEN, *RARE], ids=name_of)
async def test_disturbed_again_and_again(rig: Rig, tmp_path: Path, disturb: Disturbance) -> None:
    times = 2 if disturb in RARE else 20
    await disturbed(rig, rig.machine("web-01"), tmp_path / "whotop.db", [disturb] * times)


@pytest.mark.long
async def test_disturbed_by_everything_in_any_order(rig: Rig, tmp_path: Path) -> None:
    disturbances = [disturb for disturb in OFTEN for _ in range(5)]
    await disturbed(rig, rig.machine("web-01"), tmp_path / "whotop.db", disturbances)


async def disturbed(rig: Rig, machine: RigMachine, store: Path, disturbances: list[Disturbance]) -> None:
    chance = _chance()
    chance.shuffle(disturbances)
    rotated = RotatedMachine(machine)
    async with watching(rig, machine, store=store) as eye:
        await eye.until_up(machine.name)
        async with Traffic([machine], chance, RigMachine.login_from_within):
            for disturb in disturbances:
                await asyncio.sleep(chance.uniform(0.5, 2.5))
                ended = disturb(rotated)
                if ended is not None:
                    await ended
            await asyncio.sleep(chance.uniform(0.5, 1.5))
        await eye.until_there("dave", machine.name)
        machine.login_from_within("carol")
        await eye.until_there("carol", machine.name)
    # Who was seen in the live list may yet be on its way as a record.
    async with watching(rig, machine, store=store) as eye:
        await eye.until_up(machine.name)
        await until_wtmp_is_read(store, machine, "dave", "carol")
    print(f"{machine.name} disturbed {len(disturbances)} times: {', '.join(dict.fromkeys(map(name_of, disturbances)))}")
    print(await holds_what_was_written(store, machine.name, rotated.written))


@pytest.mark.parametrize("times", [1, pytest.param(20, marks=pytest.mark.long)])
async def test_what_was_read_before_wtmp_was_emptied_in_mid_stream_stays(rig: Rig, tmp_path: Path, times: int) -> None:
    """What was written in the last second before, and logouts of those logins, may be lost; all else is kept, once."""
    machine, place, chance = rig.machine("web-01"), tmp_path / "whotop.db", _chance()
    rotated, emptied_us = RotatedMachine(machine), list[int]()
    async with watching(rig, machine, store=place) as eye:
        await eye.until_up("web-01")
        await until_wtmp_is_read(place, machine)
        async with Traffic([machine], chance, RigMachine.login_from_within):
            for _ in range(times):
                await asyncio.sleep(chance.uniform(1, 2))
                rotated.truncate()
                emptied_us.append(SystemClock().now_us())
            await asyncio.sleep(2)
        await eye.until_there("dave", "web-01")
        await until_wtmp_is_read(place, machine, "dave")
    written = {seen(event) for event in utmp.events(rotated.written, "web-01", Origin.WTMP)}
    store = await open_store(place, clock=SystemClock())
    try:
        kept = await kept_events(store, "web-01")
    finally:
        await store.close()
    logins = [one for one in kept if one[0] == EventKind.LOGIN]
    assert len(logins) == len(set(logins))
    assert set(logins) <= written
    lost = written - set(kept)
    assert all(any(abs(time_us - at) < SECOND_US for at in emptied_us) for _, _, time_us in lost)
    print(f"emptied {times} times: {len(kept)} events kept once, {len(lost)} of the last second before lost")


def _chance() -> random.Random:
    seed = int(os.environ.get("WHOTOP_SEED", "0")) or random.SystemRandom().getrandbits(32)
    print(f"WHOTOP_SEED={seed}")
    return random.Random(seed)

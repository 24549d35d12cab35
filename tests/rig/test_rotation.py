"""wtmp is rotated in every way while people come and go: the store holds what was written, once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.rig.eye import Eye, watching
from tests.rig.kept import holds_what_was_written, kept_sessions, sessions_of, until_wtmp_is_read
from tests.rig.machine import Rig, RigMachine
from tests.rig.rotated import RotatedMachine
from whotop.clock import SystemClock
from whotop.core.feed import AlertChanged
from whotop.model import Origin
from whotop.parse import utmp
from whotop.store.store import open_store

pytestmark = pytest.mark.rig


async def come_and_go(eye: Eye, machine: RigMachine, user: str) -> None:
    login = machine.login(user)
    await eye.until_there(user, machine.name)
    login.logout()
    machine.until_left(user)
    await eye.until_gone(user, machine.name)


def come_and_go_unwatched(machine: RigMachine, user: str) -> None:
    machine.login(user, ["true"]).process.wait()
    machine.until_left(user)


async def test_rotated_in_every_way_while_watched(rig: Rig, tmp_path: Path) -> None:
    machine, store = rig.machine("web-01"), tmp_path / "whotop.db"
    rotated = RotatedMachine(machine)
    async with watching(rig, machine, store=store) as eye:
        await eye.until_up("web-01")
        await come_and_go(eye, machine, "alice")
        for rotate in (rotated.rename, rotated.copy_and_truncate, rotated.compress):
            rotate()
            await come_and_go(eye, machine, "bob")
        machine.login("dave")
        await eye.until_there("dave", "web-01")
        assert tampering(eye) == []
    await read_to_the_end(rig, machine, store)
    await holds_what_was_written(store, machine.name, rotated.written)


async def test_rotated_in_every_way_while_nobody_watches(rig: Rig, tmp_path: Path) -> None:
    machine, store = rig.machine("web-01"), tmp_path / "whotop.db"
    rotated = RotatedMachine(machine)
    async with watching(rig, machine, store=store) as eye:
        await eye.until_up("web-01")
        await come_and_go(eye, machine, "alice")
    for rotate in (rotated.compress, rotated.copy_and_truncate, rotated.rename):
        come_and_go_unwatched(machine, "bob")
        rotate()
        come_and_go_unwatched(machine, "carol")
        async with watching(rig, machine, store=store) as eye:
            await eye.until_up("web-01")
            machine.login("dave", ["sleep", "1"])
            await eye.until_there("dave", "web-01")
            await eye.until_gone("dave", "web-01")
            assert tampering(eye) == []
    await read_to_the_end(rig, machine, store)
    await holds_what_was_written(store, machine.name, rotated.written)


async def read_to_the_end(rig: Rig, machine: RigMachine, store: Path) -> None:
    """Watch until the last record has been taken in."""
    async with watching(rig, machine, store=store) as eye:
        await eye.until_up(machine.name)
        machine.login("carol", ["sleep", "1000"])
        await eye.until_there("carol", machine.name)
        await until_wtmp_is_read(store, machine, "carol")


def tampering(eye: Eye) -> list[str]:
    alerts = [change.alert for change in eye.changes if isinstance(change, AlertChanged)]
    return [alert.text for alert in alerts if alert.rule == "tampering"]


async def test_a_wtmp_that_is_emptied_is_an_alert_and_takes_nothing_from_the_store(rig: Rig, tmp_path: Path) -> None:
    machine, store = rig.machine("web-01"), tmp_path / "whotop.db"
    wtmp = machine.folder / "log" / "wtmp"
    async with watching(rig, machine, store=store) as eye:
        await eye.until_up("web-01")
        await come_and_go(eye, machine, "alice")
        await until_wtmp_is_read(store, machine)
        written = wtmp.read_bytes()
        os.truncate(wtmp, 0)
        await eye.until(lambda _: tampering(eye), "an alert")
        await come_and_go(eye, machine, "bob")
        await until_wtmp_is_read(store, machine)
        assert tampering(eye) == ["wtmp was shrunk or rewritten"]
    kept = await open_store(store, clock=SystemClock())
    try:
        events = utmp.events(written + wtmp.read_bytes(), "web-01", Origin.WTMP)
        assert await kept_sessions(kept, "web-01") == sessions_of(events)
    finally:
        await kept.close()

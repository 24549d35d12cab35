"""Passwords guessed at a real sshd, and what whotop makes of its btmp."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

import asyncssh
import pytest

from tests.rig.eye import Eye, watching
from tests.rig.machine import WATCHER, Rig, RigMachine
from whotop.model import Event, EventKind

pytestmark = pytest.mark.rig

HOSTILE = "[@click=app.quit]x from 10.0.0.1"
"""32 bytes, all that a record holds."""


@pytest.fixture
def guessable(rig: Rig) -> RigMachine:
    """A machine that takes passwords, and lets the watcher read its btmp."""
    machine = rig.machine("web-01")
    for file, before, after in (
        ("sshd_config", "PasswordAuthentication no", "PasswordAuthentication yes"),
        ("etc/group", "\nutmp:x:43:", f"\nutmp:x:43:{WATCHER}"),
    ):
        path = machine.folder / file
        text = path.read_text()
        assert before in text
        path.write_text(text.replace(before, after))
    machine.kill_sshd()
    machine.start_sshd()
    return machine


async def guess(machine: RigMachine, *users: str) -> None:
    """Guess at once, each on a connection of its own: PAM lets each wait for two seconds."""
    await asyncio.gather(*(_guess(machine, user) for user in users))


async def _guess(machine: RigMachine, user: str) -> None:
    with suppress(asyncssh.PermissionDenied, asyncssh.ConnectionLost):
        await asyncssh.connect(
            machine.address,
            username=user,
            password="wrong",
            preferred_auth="password",
            known_hosts=None,
            client_keys=None,
            agent_path=None,
            config=None,
        )


def recorded(machine: RigMachine) -> int:
    """How many records its btmp holds."""
    return (machine.folder / "log" / "btmp").stat().st_size // 384


def failures(eye: Eye) -> list[Event]:
    return [event for event in eye.fleet.events.values() if event.kind is EventKind.FAILED_LOGIN]


async def test_each_wrong_password_is_one_failed_login_after_a_restart_too(
    guessable: RigMachine, rig: Rig, tmp_path: Path
) -> None:
    store = tmp_path / "store" / "whotop.db"
    async with watching(rig, guessable, store=store) as eye:
        await eye.until_up("web-01")
        assert eye.fleet.machines["web-01"].failures_known
        await guess(guessable, "alice", "alice", HOSTILE)  # asyncssh may try twice on one connection
        await eye.until(lambda _: len(failures(eye)) == recorded(guessable), "all failed logins")
        users = [event.user for event in failures(eye)]
        assert set(users) == {"alice", HOSTILE}
        assert users.count("alice") >= 2
        assert {event.source for event in failures(eye)} == {guessable.near_address}
        assert not eye.fleet.sessions
    await guess(guessable, "alice", "alice")
    async with watching(rig, guessable, store=store) as eye:
        await eye.until(lambda _: len(failures(eye)) == recorded(guessable), "all failed logins")
        (alert,) = [alert for alert in eye.fleet.alerts.values() if alert.rule == "failed"]
        assert alert.late
        assert sum(sum(tally.counts.hours.values()) for tally in eye.fleet.failures.all.values()) == recorded(guessable)


async def test_a_machine_whose_btmp_is_closed_cannot_tell(rig: Rig) -> None:
    machine = rig.machine("web-01")
    async with watching(rig, machine) as eye:
        await eye.until_up("web-01")
        assert not eye.fleet.machines["web-01"].failures_known

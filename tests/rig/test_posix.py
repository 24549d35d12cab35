"""Real machines without Python: their shell tells the same of the same people."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rig.eye import watching
from tests.rig.machine import Rig, RigMachine, until
from tests.rig.test_starts import hide_python
from whotop.model import Origin, Outcome

pytestmark = pytest.mark.rig


def hide(machine: RigMachine, *names: str) -> None:
    """Put a file that cannot be run in the place of programs."""
    empty = machine.folder / "nothing"
    empty.touch()
    for name in names:
        machine.run(f'p=$(command -v {name}) && mount --bind {empty} "$(readlink -f "$p")"')


@pytest.mark.parametrize("without", [(), ("bash",)], ids=["by bash", "by dash"])
async def test_a_login_and_its_logout_are_told_once(rig: Rig, tmp_path: Path, without: tuple[str, ...]) -> None:
    machine = rig.machine("web-01")
    hide_python(machine)
    hide(machine, *without)
    store = tmp_path / "whotop.db"
    async with watching(rig, machine, store=store) as eye:
        await eye.until_up("web-01")
        login = machine.login("alice")
        session = await eye.until_there("alice", "web-01")
        assert (session.tty, session.source) == ("pts/0", machine.near_address)
        login.logout()
        await eye.until_gone("alice", "web-01")
        # Who was found gone has left too, until the record comes.
        await eye.until(
            lambda fleet: any(event.outcome is Outcome.LOGOUT for event in fleet.events.values()), "the logout record"
        )
    async with watching(rig, machine, store=store) as eye:
        [kept] = [one for one in await eye.feed.history.sessions(machine="web-01") if one.user == "alice"]
        assert kept.outcome is Outcome.LOGOUT


async def test_where_nothing_else_tells_of_sessions_the_processes_do(rig: Rig) -> None:
    machine = rig.machine("alpine-9")
    hide_python(machine)
    machine.run("rm /run/utmp /var/log/wtmp /var/log/lastlog")
    async with watching(rig, machine) as eye:
        await eye.until_up("alpine-9")
        assert list(eye.fleet.sessions.values()) == []
        login = machine.login("alice")
        session = await eye.until_there("alice", "alpine-9")
        assert (session.tty, session.origin) == ("pts/0", Origin.PROC)
        login.logout()
        await eye.until_gone("alice", "alpine-9")


async def test_its_end_leaves_no_process_on_the_machine(rig: Rig) -> None:
    machine = rig.machine("web-01")
    hide_python(machine)
    hide(machine, "bash")
    async with watching(rig, machine) as eye:
        await eye.until_up("web-01")
        assert machine.run("pgrep -cu watcher sh", check=False).strip() != "0"
    until(lambda: not machine.run("pgrep -u watcher", check=False), "the probe outlives whotop")

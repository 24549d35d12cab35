"""How a probe is started on real machines: with sudo, from a file, without Python, and where nothing may be run."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from tests.rig.eye import Eye, watch_settings, watching
from tests.rig.machine import Rig, RigMachine, until
from whotop.clock import SystemClock
from whotop.model import MachineState, Origin, Readability
from whotop.monitor.opening import Watch

pytestmark = pytest.mark.rig


@asynccontextmanager
async def watching_with(rig: Rig, machine: RigMachine, **changes: Any) -> AsyncIterator[Eye]:
    """Watch one machine whose target is changed in some way."""
    target = msgspec.structs.replace(machine.target(), **changes)
    watch = Watch([target], watch_settings(rig.folder, rig.ssh_config), SystemClock())
    try:
        eye = Eye(await watch.open())
        yield eye
        await eye.close()
    finally:
        await watch.close()


def allow_sudo(machine: RigMachine, rules: str) -> None:
    """Give the machine a sudoers file of its own."""
    if shutil.which("sudo") is None:
        assert os.environ.get("WHOTOP_RIG") != "required", "there is no sudo here"
        pytest.skip("there is no sudo here")
    path = machine.folder / "sudoers"
    path.write_text(f"Defaults env_reset\nroot ALL=(ALL:ALL) ALL\n{rules}\n")
    path.chmod(0o440)
    machine.run(f"mount --bind {path} /etc/sudoers")


def hide_python(machine: RigMachine) -> None:
    """Put a file that cannot be run in the place of each Python that the watcher could find."""
    empty = machine.folder / "empty"
    empty.touch()
    machine.run(
        f"for p in /usr/bin/python3 /usr/local/bin/python3 /usr/libexec/platform-python; do "
        f'[ ! -e "$p" ] || mount --bind {empty} "$(readlink -f "$p")"; done'
    )


def readable(eye: Eye, name: str) -> set[Origin]:
    origins = eye.fleet.machines[name].origins
    return {status.origin for status in origins if status.readability is Readability.READABLE}


# --- sudo --------------------------------------------------------------------------------------


async def test_through_sudo_root_only_origins_are_read(rig: Rig) -> None:
    machine = rig.machine("web-01")
    allow_sudo(machine, "watcher ALL=(root) NOPASSWD: /bin/sh")
    async with watching_with(rig, machine, sudo=True) as eye:
        await eye.until_up("web-01")
        assert Origin.BTMP in readable(eye, "web-01")
        assert eye.fleet.machines["web-01"].start_note == ""
        assert machine.run("pgrep -cu root -f '^[^ ]*python3 -I'").strip() == "1"


async def test_where_sudo_refuses_the_machine_is_watched_without_it_and_says_so(rig: Rig) -> None:
    machine = rig.machine("web-01")
    allow_sudo(machine, "")
    async with watching_with(rig, machine, sudo=True) as eye:
        await eye.until_up("web-01")
        assert Origin.BTMP not in readable(eye, "web-01")
        note = eye.fleet.machines["web-01"].start_note
        assert note.startswith("sudo -n is refused: ")
        assert note.endswith("(with visudo add: watcher ALL=(root) NOPASSWD: /bin/sh)")


async def test_a_sudo_that_wants_a_terminal_is_told_apart(rig: Rig) -> None:
    machine = rig.machine("web-01")
    allow_sudo(machine, "Defaults requiretty\nwatcher ALL=(root) NOPASSWD: /bin/sh")
    async with watching_with(rig, machine, sudo=True) as eye:
        await eye.until_up("web-01")
        assert eye.fleet.machines["web-01"].start_note.endswith("(with visudo add: Defaults:watcher !requiretty)")


@pytest.mark.parametrize("defaults", ["use_pty", "!use_pty", "log_output"])
async def test_a_probe_behind_sudo_ends_with_its_connection(rig: Rig, defaults: str) -> None:
    machine = rig.machine("web-01")
    allow_sudo(machine, f"Defaults {defaults}\nwatcher ALL=(root) NOPASSWD: /bin/sh")
    async with watching_with(rig, machine, sudo=True) as eye:
        await eye.until_up("web-01")
        probe = machine.run("pgrep -u root -f '^[^ ]*python3 -I'").strip()
        machine.run("pkill -9 -f '^sshd: watcher'")
        await eye.until_state("web-01", MachineState.DOWN)
        until(lambda: not machine.run(f"ps -o pid= {probe}", check=False), "the probe outlives its connection")
        await eye.until_up("web-01")
    until(lambda: not machine.run("pgrep -f '^[^ ]*python3 -I'", check=False), "the probe outlives whotop")


# --- a file ------------------------------------------------------------------------------------


def give_temporary_folder(machine: RigMachine, rig: Rig) -> None:
    """Give the machine a /tmp of its own, in which nothing lies but the rig's own files."""
    here = rig.folder
    assert str(here.parent) == "/tmp"
    machine.run(
        f"mount --bind {here} /mnt; mount -t tmpfs -o mode=1777 tmpfs /tmp; mkdir {here}; mount --move /mnt {here}"
    )


async def test_an_uploaded_probe_leaves_nothing_behind(rig: Rig) -> None:
    machine = rig.machine("web-01")
    give_temporary_folder(machine, rig)
    async with watching_with(rig, machine, start="upload") as eye:
        await eye.until_up("web-01")
        machine.login("alice")
        await eye.until_there("alice", "web-01")
        assert machine.run("ls /tmp").split() == [rig.folder.name]


@pytest.mark.parametrize(
    ("mount", "reason"),
    [("ro", "Read-only file system"), ("nr_inodes=3", "No space left on device")],
)
async def test_a_temporary_folder_that_takes_nothing_is_the_machines_reason(rig: Rig, mount: str, reason: str) -> None:
    machine = rig.machine("web-01")
    give_temporary_folder(machine, rig)
    machine.run(f"mount -o remount,{mount} /tmp")
    async with watching_with(rig, machine, start="upload") as eye:
        await eye.until_state("web-01", MachineState.DOWN)
        told = eye.fleet.machines["web-01"].reason
        assert told == f'the probe cannot be uploaded: /tmp: {reason} (set TMPDIR there, or start = "stdin")'


# --- no Python, no shell -----------------------------------------------------------------------


async def test_a_machine_without_python_is_read_by_its_shell(rig: Rig) -> None:
    machine = rig.machine("web-01")
    hide_python(machine)
    async with watching(rig, machine) as eye:
        await eye.until_up("web-01")
        assert "Python" not in eye.fleet.machines["web-01"].interpreter
        login = machine.login("alice")
        await eye.until_there("alice", "web-01")
        login.logout()
        await eye.until_gone("alice", "web-01")


def set_shell(machine: RigMachine, shell: str) -> None:
    """Change the watcher's login shell."""
    passwd = machine.folder / "etc" / "passwd"
    lines = passwd.read_text().splitlines(True)
    passwd.write_text(
        "".join(line.replace(":/bin/sh\n", f":{shell}\n") if line.startswith("watcher:") else line for line in lines)
    )


@pytest.mark.parametrize(
    ("shell", "reason"),
    [
        (
            "/usr/sbin/nologin",
            "the account may not log in (its shell is nologin): This account is currently not available.",
        ),
        ("/bin/rbash", "the account's login shell is a restricted one: "),
        ("/bin/false", "the probe did not start: its connection was closed without a word"),
    ],
)
async def test_a_login_shell_that_lets_nothing_run_is_named(rig: Rig, shell: str, reason: str) -> None:
    machine = rig.machine("web-01")
    set_shell(machine, shell)
    async with watching(rig, machine) as eye:
        await eye.until_state("web-01", MachineState.DOWN)
        assert eye.fleet.machines["web-01"].reason.startswith(reason)


@pytest.mark.parametrize("shell", ["/bin/csh", "/usr/bin/fish", "/bin/bash", "/bin/dash"])
async def test_any_login_shell_starts_it_also_through_sudo(rig: Rig, shell: str) -> None:
    machine = rig.machine("web-01")
    if not machine.run(f"command -v {shell}", check=False):
        pytest.skip(f"there is no {shell} here")
    allow_sudo(machine, "watcher ALL=(root) NOPASSWD: /bin/sh")
    set_shell(machine, shell)
    async with watching_with(rig, machine, sudo=True) as eye:
        await eye.until_up("web-01")
        assert Origin.BTMP in readable(eye, "web-01")


async def test_a_forced_command_is_named(rig: Rig) -> None:
    machine = rig.machine("web-01")
    key = rig.key.with_suffix(".pub")
    key.write_text(f'command="echo backup done" {key.read_text()}')
    async with watching(rig, machine) as eye:
        await eye.until_state("web-01", MachineState.DOWN)
        told = eye.fleet.machines["web-01"].reason
        assert told == "something else than the probe answers (a forced command?): backup done"


# --- the last resort ---------------------------------------------------------------------------


async def test_where_nothing_else_tells_of_sessions_the_processes_do(rig: Rig) -> None:
    machine = rig.machine("alpine-9")
    machine.run("rm /run/utmp /var/log/wtmp /var/log/lastlog")
    async with watching(rig, machine) as eye:
        await eye.until_up("alpine-9")
        assert list(eye.fleet.sessions.values()) == []
        login = machine.login("alice")
        session = await eye.until_there("alice", "alpine-9")
        assert (session.tty, session.source) == ("pts/0", "")
        login.logout()
        await eye.until_gone("alice", "alpine-9")


async def test_root_learns_also_from_where_a_login_came(rig: Rig) -> None:
    machine = rig.machine("alpine-9")
    machine.run("rm /run/utmp /var/log/wtmp /var/log/lastlog")
    allow_sudo(machine, "watcher ALL=(root) NOPASSWD: /bin/sh")
    async with watching_with(rig, machine, sudo=True) as eye:
        await eye.until_up("alpine-9")
        assert list(eye.fleet.sessions.values()) == []
        machine.login("alice")
        session = await eye.until_there("alice", "alpine-9")
        assert session.source == machine.near_address


async def test_where_processes_are_hidden_who_is_there_cannot_be_told(rig: Rig) -> None:
    machine = rig.machine("alpine-9")
    machine.run("rm /run/utmp; mount -o remount,hidepid=2 /proc")
    async with watching(rig, machine) as eye:
        await eye.until_state("alpine-9", MachineState.UP)
        await eye.until(lambda fleet: fleet.machines["alpine-9"].last_sample_us, "a sample")
        assert not eye.fleet.machines["alpine-9"].sessions_known

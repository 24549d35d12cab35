"""A real systemd-journald in a machine of the rig, and an sshd that writes to it."""

from __future__ import annotations

import shlex
from pathlib import Path

from tests.rig.machine import WATCHER, RigMachine, tool, until

JOURNALD = Path("/lib/systemd/systemd-journald")

_PRIVATE_DEV = """
set -e
mkdir {folder}/dev
mount -t tmpfs -o mode=755 tmpfs {folder}/dev
for node in null zero full random urandom tty; do
    touch {folder}/dev/$node
    mount --bind /dev/$node {folder}/dev/$node
done
mkdir {folder}/dev/pts {folder}/dev/shm
mount --rbind /dev/pts {folder}/dev/pts
ln -s pts/ptmx {folder}/dev/ptmx
ln -s /proc/self/fd {folder}/dev/fd
mount --rbind {folder}/dev /dev
kill "$(cat /run/sshd.pid)"
"""
_PLACES = """
set -e
ln -s /run/systemd/journal/dev-log /dev/log
mkdir -p /run/systemd/journal /var/log/journal
"""


def missing() -> str:
    """Why no journal can be kept here; empty when it can."""
    return "" if JOURNALD.exists() and tool("journalctl", required=False) else "a journal needs systemd-journald"


def keep_journal(machine: RigMachine) -> None:
    """Start journald, and sshd anew so that it writes there."""
    own_dev(machine)
    machine.run(_PLACES)
    machine.detached([str(JOURNALD)])
    _wait_for_journald(machine)
    start_logging_sshd(machine)


def _wait_for_journald(machine: RigMachine) -> None:
    """Until it listens and has a journal, which it makes after that."""
    run = machine.folder / "run"
    until(
        lambda: (run / "systemd/journal/dev-log").exists() and list((run / "log/journal").glob("*/system.journal")),
        f"{machine.name}: no journald",
    )


def own_dev(machine: RigMachine) -> None:
    """Give it a /dev of its own, where a log daemon may listen, and end its sshd."""
    machine.run(_PRIVATE_DEV.format(folder=shlex.quote(str(machine.folder))))


def start_logging_sshd(machine: RigMachine) -> None:
    """Start an sshd that writes to the machine's log."""
    machine.detached([str(tool("sshd")), "-D", "-f", f"{machine.folder}/sshd_config"])
    until(lambda: "22" in machine.run("ss -Hltn 'sport = :22'"), f"{machine.name}: sshd does not start")


def let_read(machine: RigMachine) -> None:
    """Let whotop's account read the journal, as the group systemd-journal may elsewhere."""
    machine.run(f"chgrp -R {WATCHER} /run/log/journal && chmod -R g+rX /run/log/journal")


def lose_entries(machine: RigMachine, loss: str) -> None:
    """Take all entries so far out of its journal: ``vacuumed``, or ``wiped`` with journald started anew."""
    journal = machine.folder / "run/log/journal"
    if loss == "vacuumed":
        machine.run("kill -USR2 $(pgrep -x systemd-journal)")
        until(lambda: list(journal.glob("*/system@*")), f"{machine.name}: no rotation")
        machine.run("rm /run/log/journal/*/system@*")
    else:
        machine.run("pkill -x systemd-journal; while pgrep -x systemd-journal; do sleep 0.05; done")
        machine.run("rm -r /run/log/journal/* /run/systemd/journal/dev-log")
        machine.detached([str(JOURNALD)])
        _wait_for_journald(machine)
    let_read(machine)


def forget_records(machine: RigMachine) -> None:
    """Have no utmp and nothing that is kept beside it, as systems without it are."""
    machine.run("rm -f /run/utmp /var/log/wtmp /var/log/btmp /var/log/lastlog")

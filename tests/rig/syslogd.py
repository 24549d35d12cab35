"""A real syslog daemon (busybox's) in a machine of the rig, and an sshd that writes to it."""

from __future__ import annotations

from tests.rig.journald import own_dev, start_logging_sshd
from tests.rig.machine import WATCHER, RigMachine, tool, until

LOG = "/var/log/auth.log"


def missing() -> str:
    """Why no such log can be kept here; empty when it can."""
    return "" if tool("busybox", required=False) else "a log of lines needs busybox"


def keep_auth_log(machine: RigMachine) -> None:
    """Start the daemon, which whotop's account may read as the group adm may elsewhere, and sshd anew."""
    own_dev(machine)
    let_read(machine)
    machine.detached([str(tool("busybox")), "syslogd", "-n", "-O", LOG])
    until(lambda: "log" in machine.run("ls /dev"), f"{machine.name}: no syslogd")
    start_logging_sshd(machine)


def let_read(machine: RigMachine) -> None:
    """Make the log, if there is none, such that whotop's account may read it."""
    machine.run(f"touch {LOG} && chgrp {WATCHER} {LOG} && chmod 640 {LOG}")

"""A real syslog daemon (busybox's) in a machine of the rig, and an sshd that writes to it."""

from __future__ import annotations

from tests.rig.journald import own_dev, start_logging_sshd
from tests.rig.machine import WATCHER, RigMachine, tool, until


def missing() -> str:
    """Why no such log can be kept here; empty when it can."""
    return "" if tool("busybox", required=False) else "a log of lines needs busybox"


def keep_auth_log(machine: RigMachine) -> None:
    """Start the daemon, which whotop's account may read as the group adm may elsewhere, and sshd anew."""
    own_dev(machine)
    log = "/var/log/auth.log"
    machine.run(f"touch {log} && chgrp {WATCHER} {log} && chmod 640 {log}")
    machine.detached([str(tool("busybox")), "syslogd", "-n", "-O", log])
    until(lambda: "log" in machine.run("ls /dev"), f"{machine.name}: no syslogd")
    start_logging_sshd(machine)

"""One OpenSSH server on all of 127.0.0.0/8: a thousand machines for the price of one."""

from __future__ import annotations

import shlex
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.plan import Plan
from tests.rig.machine import WATCHER, RigMachine, tool

PORT = 22_022
_STARTS_WITHIN_SECONDS = 20
_SETUP = """
set -e
mount --make-rprivate /
mount --bind {folder}/run /run
mount --bind {folder}/log /var/log
mount --bind {folder}/home /home
for file in passwd shadow group; do mount --bind {folder}/etc/$file /etc/$file; done
mkdir -p /run/sshd
exec {sshd} -D -f {folder}/sshd_config -E {folder}/sshd.log
"""


class LoadServer(RigMachine):
    """A rig machine that shares this computer's network: its sshd answers on every loopback address."""

    port = PORT

    def start(self) -> None:
        """Start its sshd in namespaces of its own, but for the network."""
        self._make_files()
        config = self.folder / "sshd_config"
        config.write_text(
            config.read_text().replace("Port 22\n", f"Port {PORT}\nListenAddress 0.0.0.0\n")
            + "MaxSessions 100\nLogLevel ERROR\n"
        )
        script = _SETUP.format(folder=shlex.quote(str(self.folder)), sshd=tool("sshd"))
        flags = ["--mount", "--uts", "--pid", "--fork", "--mount-proc", "--kill-child"]
        self._namespace = subprocess.Popen(
            ["unshare", *flags, "sh", "-c", script], stdin=subprocess.DEVNULL, start_new_session=True
        )

        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        end = time.monotonic() + _STARTS_WITHIN_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", PORT), 1).close()
                return
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)

    def stop(self) -> None:
        """End it and all its sessions."""
        self.switch_off()
        if self._namespace is not None:
            self._namespace.wait()


def addresses(count: int) -> list[str]:
    """``count`` loopback addresses, 250 in each /24."""
    return [f"127.1.{number // 250}.{number % 250 + 1}" for number in range(count)]


@contextmanager
def load_server(folder: Path) -> Iterator[LoadServer]:
    """The server for the length of a block."""
    key = folder / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    server = LoadServer("load", folder / "load", key)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def plan_for(server: LoadServer, count: int, rounds: int, interval_seconds: float, reading_bytes: int) -> Plan:
    """What contestants are asked to do with ``count`` of its addresses."""
    host_key = (server.folder / "host_key.pub").read_text()
    known_hosts = server.folder / "known_hosts"
    known_hosts.write_text("".join(f"[{address}]:{PORT} {host_key}" for address in addresses(count)))
    Path(f"{known_hosts}.pub").write_text(host_key)
    return Plan(
        addresses=addresses(count),
        port=PORT,
        user=WATCHER,
        key_file=str(server.key),
        known_hosts=str(known_hosts),
        rounds=rounds,
        interval_seconds=interval_seconds,
        command=f"head -c {reading_bytes} /proc/meminfo",
    )

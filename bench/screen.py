"""The screen at work: key press → painted, login → painted, and its CPU, over a thousand machines.

whotop runs on a pseudo-terminal; the machines are asyncssh servers in another process.
"""

from __future__ import annotations

import argparse
import json
import os
import pty
import random
import select
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import ioctl
from pathlib import Path
from struct import pack
from termios import TIOCSWINSZ

from bench.startup import WHOTOP, read_until

SELECTED = "▌".encode()
KEYS = 150
LOGINS = 60
REST_SECONDS = 20.0


class Terminal:
    """whotop on a terminal of 160x44."""

    def __init__(self, arguments: list[str], home: Path) -> None:
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            os.environ |= {"TERM": "xterm-256color", "HOME": str(home)}
            os.execv(WHOTOP, [WHOTOP, *arguments])
        ioctl(self.descriptor, TIOCSWINSZ, pack("HHHH", 44, 160, 0, 0))

    def drain(self, seconds: float) -> bytes:
        """All that it draws within ``seconds``."""
        seen = b""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([self.descriptor], [], [], left)[0]:
                seen += os.read(self.descriptor, 65_536)
        return seen

    def press(self, key: str) -> float:
        """Press a key that moves the selection; seconds until the row is marked anew."""
        self.drain(0.0)
        start = time.perf_counter()
        os.write(self.descriptor, key.encode())
        read_until(self.descriptor, SELECTED, 10)
        return time.perf_counter() - start

    def cpu_seconds(self) -> float:
        """User and system time so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_mb(self) -> float:
        """Resident memory."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:"))) / 1024

    def close(self) -> None:
        """End it."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.descriptor)


@contextmanager
def simulated(folder: Path, count: int) -> Iterator[tuple[subprocess.Popen[str], dict[str, int]]]:
    """``count`` machines in a process of their own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "whotop.demo.servers", str(folder), str(count)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process, json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.wait()


def write_configuration(folder: Path, ports: dict[str, int], interval_seconds: float) -> Path:
    """The machines as whotop's configuration, and their host keys where SSH looks for them."""
    lines = [f'interval = "{interval_seconds}s"', "[defaults]", 'user = "watch"']
    lines.append(f'identity_files = ["{folder}/client_key"]')
    for name, port in ports.items():
        lines += ["[[machines]]", f'name = "{name}"', 'host = "127.0.0.1"', f"port = {port}"]
    config = folder / "config.toml"
    config.write_text("\n".join(lines) + "\n")
    (folder / ".ssh").mkdir(mode=0o700)
    shutil.copy(folder / "known_hosts", folder / ".ssh" / "known_hosts")
    return config


def percentiles(seconds: list[float]) -> str:
    """p50, p99 and the worst, in ms."""
    ordered = sorted(seconds)
    ninety_nine = ordered[min(len(ordered) - 1, round(len(ordered) * 0.99))]
    three = (statistics.median(ordered) * 1e3, ninety_nine * 1e3, ordered[-1] * 1e3)
    return "p50 {:5.0f} ms  p99 {:5.0f} ms  worst {:5.0f} ms".format(*three)


def at_work(count: int, interval_seconds: float) -> None:
    """Keys while connecting, keys while updating, logins."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with simulated(folder, count) as (servers, ports):
            config = write_configuration(folder, ports, interval_seconds)
            terminal = Terminal(["-c", str(config), "--no-report", "--store", str(folder / "whotop.db")], folder)
            try:
                read_until(terminal.descriptor, b"Machines", 20)
                terminal.drain(1.0)
                connecting = presses(terminal, KEYS // 3, 0.1)
                started = time.monotonic()
                read_until(terminal.descriptor, f"{count}/{count} up".encode(), 240)
                print(f"all {count} up {time.monotonic() - started:.0f} s after the last of these keys")
                terminal.drain(5)
                before, began = terminal.cpu_seconds(), time.monotonic()
                updating = presses(terminal, KEYS, 0.05)
                painted = logins(terminal, servers, [name for name in ports if name.startswith("web")])
                busy = (terminal.cpu_seconds() - before) / (time.monotonic() - began) * 100
                print(f"key → painted, connecting   {percentiles(connecting)}   budget p99 66")
                print(f"key → painted, {count:5} up     {percentiles(updating)}   budget p99 33")
                print(f"login → painted, {count:5} up   {percentiles(painted)}   budget p50 500, p99 1000")
                print(f"CPU meanwhile {busy:.0f} % of a core, {terminal.resident_mb():.0f} MB resident")
            finally:
                terminal.close()


def presses(terminal: Terminal, count: int, pause_seconds: float) -> list[float]:
    """Press j and k in turns, with a little chance in between."""
    times = []
    for number in range(count):
        terminal.drain(pause_seconds * random.uniform(0.5, 1.5))
        times.append(terminal.press("jk"[number % 2]))
    return times


def logins(terminal: Terminal, servers: subprocess.Popen[str], names: list[str]) -> list[float]:
    """Let somebody log in on one machine after another; seconds until the name is painted."""
    for keys in ("4", "/", "zz", "\r"):  # In a fleet of this size others' events push each one off the pane at once.
        os.write(terminal.descriptor, keys.encode())
        terminal.drain(0.5)
    times = []
    for number in range(LOGINS):
        terminal.drain(random.uniform(0.2, 0.6))
        user = f"zz{number:03}"
        while (answer := ordered(servers, f"{random.choice(names)} {user}")) == "away":
            pass
        read_until(terminal.descriptor, user.encode(), 20)
        times.append(time.time() - int(answer) / 1e6)
    return times


def ordered(servers: subprocess.Popen[str], order: str) -> str:
    """What the machines' process answers to an order."""
    assert servers.stdin is not None
    assert servers.stdout is not None
    servers.stdin.write(f"{order}\n")
    servers.stdin.flush()
    return servers.stdout.readline().strip()


def at_rest() -> None:
    """This very machine watched, and nothing happening."""
    with tempfile.TemporaryDirectory() as name:
        terminal = Terminal(["--no-report", "--store", f"{name}/whotop.db"], Path(name))
        try:
            read_until(terminal.descriptor, b"1/1 up", 20)
            terminal.drain(5)
            before = terminal.cpu_seconds()
            drawn = terminal.drain(REST_SECONDS)
            spent = (terminal.cpu_seconds() - before) / REST_SECONDS * 100
            print(f"at rest {spent:.2f} % of a core, {len(drawn) / REST_SECONDS:.0f} bytes/s drawn   budget 0.6 %")
        finally:
            terminal.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--machines", type=int, default=1_000)
    parser.add_argument("--interval", type=float, default=5.0)
    chosen = parser.parse_args()
    at_work(chosen.machines, chosen.interval)
    at_rest()

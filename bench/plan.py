"""What a contestant is asked to do, and what it answers."""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Plan:
    """The machines of one run, and how often each is read."""

    addresses: list[str]
    port: int
    user: str
    key_file: str
    known_hosts: str
    rounds: int
    """Readings of each machine after it is connected."""
    interval_seconds: float
    command: str
    """What a contestant that runs commands runs for one reading: it prints as many bytes as the probe sends."""

    @classmethod
    def load(cls, path: str) -> Plan:
        """Read a plan from the file that ``save`` wrote."""
        return cls(**json.loads(Path(path).read_text()))

    def save(self, path: Path) -> None:
        """Write the plan down for a contestant's process."""
        path.write_text(json.dumps(asdict(self)))


@dataclass
class Result:
    """CPU is user and system time of the contestant and its children, sshd's and the machines' not included."""

    machines: int = 0
    connect_cpu_ms: float = 0.0
    """For each machine, until the first of its figures can be had."""
    update_cpu_us: float = 0.0
    """For each reading of one machine."""
    updates: int = 0
    rss_mb: float = 0.0
    memory_kb_per_machine: float = 0.0

    def print(self) -> None:
        """Say it to whoever started us."""
        sys.stdout.write(json.dumps(asdict(self)) + "\n")


def cpu_seconds() -> float:
    """CPU used so far by this process and its ended children."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def resident_kb() -> int:
    """Resident memory now."""
    status = Path("/proc/self/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")))


def run_commands(plan: Plan, connect: Callable[[], None], update: Callable[[], int]) -> None:
    """The course for a peer that runs one command for each reading: connect once, then ``rounds`` times ``update``.

    ``update`` reads every machine once and gives how many answered.
    """
    memory = resident_kb()
    start = cpu_seconds()
    connect()
    connected = cpu_seconds()
    updates = 0
    for _ in range(plan.rounds):
        began = time.monotonic()
        updates += update()
        time.sleep(max(0.0, plan.interval_seconds - (time.monotonic() - began)))
    count = len(plan.addresses)
    Result(
        machines=count,
        connect_cpu_ms=(connected - start) * 1e3 / count,
        update_cpu_us=(cpu_seconds() - connected) * 1e6 / max(updates, 1),
        updates=updates,
        rss_mb=resident_kb() / 1024,
        memory_kb_per_machine=(resident_kb() - memory) / count,
    ).print()


async def settled(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait until ``condition`` holds, at most ``seconds``."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        await asyncio.sleep(0.05)
    return True

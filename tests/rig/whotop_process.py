"""A whotop of its own process, without a screen: it can be killed, and asked what it shows.

``python -m tests.rig.whotop_process`` reads an order as a line of JSON and watches; each further
line is answered with the whole fleet as a line of JSON; it ends with its standard input.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from types import TracebackType

import msgspec

from tests.rig.eye import Eye, watch_settings
from tests.rig.machine import Rig, RigMachine
from whotop.clock import SystemClock
from whotop.core.feed import Batch
from whotop.core.fleet import Fleet
from whotop.model import Target
from whotop.monitor.opening import Watch

LONGEST_LINE_BYTES = 2**24


class Order(msgspec.Struct):
    """What to watch, and how."""

    targets: list[Target]
    folder: str
    ssh_config: str
    store: str


class WhotopProcess:
    """Started on entry; ``kill`` is SIGKILL, and so is leaving the block."""

    def __init__(self, rig: Rig, *machines: RigMachine, store: Path) -> None:
        targets = [machine.target() for machine in machines]
        self._order = Order(targets, str(rig.folder), str(rig.ssh_config), str(store))

    async def __aenter__(self) -> WhotopProcess:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.rig.whotop_process",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=LONGEST_LINE_BYTES,
            cwd=Path(__file__).parents[2],
            env={"PYTHONPATH": ":".join(sys.path), "PATH": "/usr/bin:/bin"},
        )
        self._say(msgspec.json.encode(self._order))
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        await self.kill()

    async def fleet(self) -> Fleet:
        """What it shows now."""
        self._say(b"")
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        fleet = Fleet()
        fleet.apply(msgspec.json.decode(line, type=Batch))
        return fleet

    async def kill(self) -> None:
        """End it as no program can prevent."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()

    def _say(self, line: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + b"\n")


async def _serve() -> None:
    order = msgspec.json.decode(sys.stdin.buffer.readline(), type=Order)
    settings = watch_settings(Path(order.folder), Path(order.ssh_config), store=Path(order.store))
    watch = Watch(order.targets, settings, SystemClock())
    eye = Eye(await watch.open())
    await eye.until(lambda fleet: fleet.machines, "machines")
    while await asyncio.to_thread(sys.stdin.buffer.readline):
        sys.stdout.buffer.write(msgspec.json.encode(eye.fleet.whole()) + b"\n")
        sys.stdout.buffer.flush()
    await eye.close()
    await watch.close()


if __name__ == "__main__":
    asyncio.run(_serve())

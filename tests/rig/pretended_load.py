"""A load that a rig machine only pretends to have: files laid over its /proc, which the test writes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.rig.machine import RigMachine

TICK_SECONDS = 0.05
JIFFIES = 100
"""In a tick: enough for a share of the processor to be a whole number."""
TOTAL_KILOBYTES = 8_000_000


class PretendedLoad:
    """What the machine's /proc/stat and /proc/meminfo say, from ``pretending`` on."""

    def __init__(self, machine: RigMachine) -> None:
        self.cpu_percent = self.memory_percent = 0
        self._user = self._idle = 1_000_000
        self._stat, self._meminfo = machine.folder / "stat", machine.folder / "meminfo"
        self._others = Path("/proc/stat").read_text().partition("\n")[2]
        for file in (self._stat, self._meminfo):
            file.touch()
        self.write()
        for name in ("stat", "meminfo"):
            machine.run(f"mount --bind {machine.folder}/{name} /proc/{name}")

    def write(self) -> None:
        """A tick passes."""
        self._user += self.cpu_percent * JIFFIES // 100
        self._idle += (100 - self.cpu_percent) * JIFFIES // 100
        _overwrite(self._stat, f"cpu  {self._user:012} 0 0 {self._idle:012} 0 0 0 0 0 0\n{self._others}")
        available = TOTAL_KILOBYTES * (100 - self.memory_percent) // 100
        told = {"MemTotal": TOTAL_KILOBYTES, "MemAvailable": available, "SwapTotal": 0, "SwapFree": 0}
        _overwrite(self._meminfo, "".join(f"{name + ':':15} {value:12} kB\n" for name, value in told.items()))


def _overwrite(file: Path, text: str) -> None:
    """Write over what is there, which is as long: nobody finds it empty, or reads half of a line."""
    with file.open("r+b", buffering=0) as raw:
        raw.write(text.encode())


@asynccontextmanager
async def pretending(machine: RigMachine) -> AsyncIterator[PretendedLoad]:
    """Let time pass for its /proc."""
    load = PretendedLoad(machine)

    async def ticking() -> None:
        while True:
            load.write()
            await asyncio.sleep(TICK_SECONDS)

    task = asyncio.create_task(ticking())
    try:
        yield load
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

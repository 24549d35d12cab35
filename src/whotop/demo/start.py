"""Starting the simulated fleet beside us, and the targets that reach it."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from whotop.errors import WhotopError
from whotop.model import Target

START_SECONDS = 30


@dataclass(frozen=True, slots=True)
class DemoFleet:
    """What it takes to watch it."""

    targets: tuple[Target, ...]
    known_hosts: Path
    folder: Path


@asynccontextmanager
async def demo_fleet(count: int) -> AsyncIterator[DemoFleet]:
    """Run ``count`` simulated machines in a process of their own until the block is left."""
    with tempfile.TemporaryDirectory(prefix="whotop-demo-") as name:
        folder = Path(name)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "whotop.demo.servers",
            name,
            str(count),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=1024 * 1024,
            start_new_session=True,
        )
        try:
            yield DemoFleet(_targets(await _ports(process), folder), folder / "known_hosts", folder)
        finally:
            if process.stdin is not None:
                process.stdin.close()
            if process.returncode is None:
                try:
                    await asyncio.wait_for(process.wait(), 3)
                except TimeoutError:
                    process.kill()
                    await process.wait()


async def _ports(process: asyncio.subprocess.Process) -> dict[str, int]:
    assert process.stdout is not None
    line = b""
    with suppress(TimeoutError):
        line = await asyncio.wait_for(process.stdout.readline(), START_SECONDS)
    if not line:
        raise WhotopError("the demo's servers did not start")
    ports: dict[str, int] = json.loads(line)
    return ports


def _targets(ports: dict[str, int], folder: Path) -> tuple[Target, ...]:
    return tuple(
        Target(
            name=name,
            host="127.0.0.1",
            port=port,
            user="watch",
            tags=(name.rsplit("-", 1)[0],),
            identity_files=(str(folder / "client_key"),),
            interval_seconds=2.0,
        )
        for name, port in ports.items()
    )

"""whotop itself, without a screen: every stage from the wire to the store, and a replica that follows the feed."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from alembic import command as _schema_changes_loaded_too  # noqa: F401

from bench.plan import Plan, Result, cpu_seconds, resident_kb, settled
from whotop.clock import SystemClock
from whotop.collect.settings import CollectSettings
from whotop.core.feed import Feed, Sampled
from whotop.core.fleet import Fleet
from whotop.model import MachineState, Target
from whotop.monitor import monitor as _loaded_before_measuring  # noqa: F401
from whotop.monitor.opening import Watch, WatchSettings


class Replica:
    """What a screen would keep."""

    def __init__(self) -> None:
        self.fleet = Fleet()
        self.samples = 0

    async def follow(self, feed: Feed) -> None:
        """Apply batches as they come."""
        async for batch in feed.batches():
            self.samples += sum(isinstance(change, Sampled) for change in batch.changes)
            self.fleet.apply(batch)

    def up(self) -> int:
        """How many machines are."""
        return sum(machine.state is MachineState.UP for machine in self.fleet.machines.values())


async def main(plan: Plan, ssh_config: str) -> None:
    """Connect all to a store that is open, then receive."""
    targets = [
        Target(
            name=address,
            port=plan.port,
            user=plan.user,
            identity_files=(plan.key_file,),
            interval_seconds=plan.interval_seconds,
        )
        for address in plan.addresses
    ]
    with tempfile.TemporaryDirectory() as folder:
        files = (Path(ssh_config),) if ssh_config else ()
        known_hosts = Path(plan.known_hosts)
        collect = CollectSettings(own_known_hosts=known_hosts, ssh_config_files=files)
        settings = WatchSettings(collect=collect, store=Path(folder) / "whotop.db")
        replica = Replica()
        watch = Watch([], settings, SystemClock())
        memory = resident_kb()
        feed = await watch.open()  # a new store, its schema: once, however many machines there are
        following = asyncio.create_task(replica.follow(feed))
        start = cpu_seconds()
        await watch.retarget(targets)
        await settled(lambda: replica.up() == len(targets), 240)
        connected = cpu_seconds()
        await asyncio.sleep(plan.interval_seconds * 2)
        before, began = replica.samples, cpu_seconds()
        await asyncio.sleep(plan.interval_seconds * plan.rounds)
        updates, spent = replica.samples - before, cpu_seconds() - began
        Result(
            machines=replica.up(),
            connect_cpu_ms=(connected - start) * 1e3 / len(targets),
            update_cpu_us=spent * 1e6 / max(updates, 1),
            updates=updates,
            rss_mb=resident_kb() / 1024,
            memory_kb_per_machine=(resident_kb() - memory) / len(targets),
        ).print()
        await watch.close()
        following.cancel()


if __name__ == "__main__":
    asyncio.run(main(Plan.load(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else ""))

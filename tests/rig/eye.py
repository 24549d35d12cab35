"""An eye on a feed: its own replica of the fleet, and waiting until it shows something."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from tests.rig.machine import Rig, RigMachine
from whotop.clock import SystemClock
from whotop.collect.settings import CollectSettings
from whotop.core.feed import AnyChange, Feed
from whotop.core.fleet import Fleet
from whotop.model import MachineState, Session
from whotop.monitor.opening import Watch, WatchSettings

PATIENCE_SECONDS = 40.0


class Eye:
    """Looks at a feed until it is closed."""

    def __init__(self, feed: Feed) -> None:
        self.feed, self.fleet = feed, Fleet()
        self.changes: list[AnyChange] = []
        self._looked = asyncio.Condition()
        self._task = asyncio.create_task(self._look())

    async def _look(self) -> None:
        async for batch in self.feed.batches():
            self.fleet.apply(batch)
            self.changes += batch.changes
            async with self._looked:
                self._looked.notify_all()

    async def until(self, condition: Callable[[Fleet], object], what: str = "") -> None:
        """Wait until the fleet is so; AssertionError when it does not become so."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS), self._looked:
                await self._looked.wait_for(lambda: condition(self.fleet))
        except TimeoutError:
            raise AssertionError(f"never seen: {what}; {_summary(self.fleet)}") from None

    async def news(self) -> None:
        """Wait for the next batch."""
        async with self._looked:
            await self._looked.wait()

    async def until_up(self, *names: str) -> None:
        """Wait until these machines are up, and who is on them is known."""
        await self.until(
            lambda fleet: all(fleet.is_up(name) and fleet.machines[name].sessions_known for name in names), "up"
        )

    async def until_state(self, name: str, state: MachineState) -> None:
        """Wait until a machine is in a state."""
        await self.until(lambda fleet: name in fleet.machines and fleet.machines[name].state is state, state)

    async def until_there(self, user: str, machine: str) -> Session:
        """Wait until somebody is logged in."""
        await self.until(lambda fleet: open_session(fleet, user, machine), f"{user} on {machine}")
        session = open_session(self.fleet, user, machine)
        assert session is not None
        return session

    async def until_gone(self, user: str, machine: str) -> None:
        """Wait until somebody is logged in no longer."""
        await self.until(lambda fleet: not open_session(fleet, user, machine), f"{user} gone from {machine}")

    async def close(self) -> None:
        """Look no longer."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task


def open_session(fleet: Fleet, user: str, machine: str) -> Session | None:
    """The open session of a user on a machine."""
    there = fleet.sessions_of_machine.get(machine, {}).values()
    return next((session for session in there if session.user == user), None)


def watch_settings(folder: Path, ssh_config: Path, *, store: Path | None = None) -> WatchSettings:
    """Nothing of the user's own is read; times are those of an impatient administrator."""
    collect = CollectSettings(
        own_known_hosts=folder / "own", ssh_config_files=(ssh_config,), first_delay_seconds=0.5, keepalive_seconds=2.0
    )
    return WatchSettings(collect=collect, store=store)


@asynccontextmanager
async def watching(rig: Rig, *machines: RigMachine, store: Path | None = None) -> AsyncIterator[Eye]:
    """Watch machines of the rig for the length of a block, as whotop itself does."""
    settings = watch_settings(rig.folder, rig.ssh_config, store=store)
    watch = Watch([machine.target() for machine in machines], settings, SystemClock())
    try:
        eye = Eye(await watch.open())
        yield eye
        await eye.close()
    finally:
        await watch.close()


def _summary(fleet: Fleet) -> str:
    machines = {name: f"{machine.state}: {machine.reason}" for name, machine in fleet.machines.items()}
    return f"{machines}, {[(session.user, session.machine) for session in fleet.sessions.values()]}"

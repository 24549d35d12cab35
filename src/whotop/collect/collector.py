"""The collector: watches all machines, and hands what they send to the sink."""

from __future__ import annotations

import asyncio
import random as randomness
from collections.abc import Callable, Iterable

from whotop.clock import Clock
from whotop.collect.carriers import Carrier, SshCarrier
from whotop.collect.credentials import Credentials
from whotop.collect.dialer import Dialer
from whotop.collect.host_keys import HostKeys
from whotop.collect.jump import JumpHosts
from whotop.collect.local import LocalCarrier
from whotop.collect.machine import MachineWatch
from whotop.collect.own_user import name_own_user
from whotop.collect.reach import Sockets
from whotop.collect.settings import CollectSettings
from whotop.collect.sink import Sink
from whotop.collect.ssh_config import SshConfig
from whotop.errors import UnreachableError
from whotop.model import Target
from whotop.wire.messages import Answer

STARTED_AT_ONCE = 50
"""Machines whose tasks are made before the screen may draw again."""
FAREWELL_SECONDS = 1.0


class Collector:
    """Watches machines from ``run`` until ``close``. Not thread-safe: it lives in one event loop.

    Raises ConfigError when ssh_config is wrong.
    """

    def __init__(
        self,
        targets: Iterable[Target],
        sink: Sink,
        clock: Clock,
        settings: CollectSettings,
        *,
        random: Callable[[], float] = randomness.random,
    ) -> None:
        self._sink, self._clock, self._settings, self._random = sink, clock, settings, random
        name_own_user()
        self._config = SshConfig([path.expanduser() for path in settings.ssh_config_files])
        self._credentials = Credentials(settings, clock)
        self._sockets = Sockets(settings.reach_seconds)
        host_keys = HostKeys(settings.own_known_hosts.expanduser())
        self._dialer = Dialer(settings, host_keys, self._credentials, self._sockets)
        self._jumps = JumpHosts(
            lambda hop, through: self._dialer.open(hop, None, through), clock, settings.through_jump
        )
        self._waiting = list(targets)
        self._watches: dict[str, MachineWatch] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._closed = asyncio.Event()

    async def run(self) -> None:
        """Watch the machines; returns after ``close``. Cancelling it closes too."""
        try:
            for number, target in enumerate(self._waiting, 1):
                self.add(target)
                if number % STARTED_AT_ONCE == 0:
                    await asyncio.sleep(0)
            self._waiting.clear()
            await self._closed.wait()
        finally:
            await self.close()

    def add(self, target: Target) -> None:
        """Watch one more machine; one of the same name is replaced."""
        self.remove(target.name)
        watch = MachineWatch(target, self._carrier(target), self._sink, self._clock, self._settings, self._random)
        self._watches[target.name] = watch
        self._tasks[target.name] = asyncio.create_task(watch.run(), name=f"watch {target.name}")

    def remove(self, name: str) -> None:
        """Watch a machine no longer; its probe ends with the connection."""
        watch, task = self._watches.pop(name, None), self._tasks.pop(name, None)
        if watch is not None:
            watch.stop()
        if task is not None:
            task.cancel()

    def acknowledge(self, machine: str, origin: str, offset: int) -> None:
        """All of ``origin`` up to ``offset`` is in the store."""
        watch = self._watches.get(machine)
        if watch is not None:
            watch.acknowledge(origin, offset)

    def ask_for_records(self, machine: str) -> None:
        """The sink wants another choice of origins than it did."""
        watch = self._watches.get(machine)
        if watch is not None:
            watch.ask_for_records()

    async def processes(self, machine: str, pid: int) -> Answer:
        """The processes that descend from ``pid``, as the machine's /proc tells them now.

        Raises MachineError when the machine is not connected or does not answer in 10 s.
        """
        watch = self._watches.get(machine)
        if watch is None:
            raise UnreachableError("the machine is not watched")
        return await watch.processes(pid)

    def reconnect(self, machine: str) -> None:
        """The machine has been silent for too long: drop the connection and make a new one at once."""
        watch = self._watches.get(machine)
        if watch is not None:
            watch.reconnect("silent for too long")

    async def close(self) -> None:
        """Tell every probe that we leave, give them a second, and let go of everything."""
        farewells = [gone for watch in self._watches.values() if (gone := watch.stop()) is not None]
        if farewells:
            await asyncio.wait(farewells, timeout=FAREWELL_SECONDS)
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._watches.clear()
        self._tasks.clear()
        self._jumps.close()
        await self._credentials.close()
        await self._sockets.close()
        self._closed.set()

    def _carrier(self, target: Target) -> Carrier:
        if target.local:
            return LocalCarrier()
        return SshCarrier(target, self._config, self._dialer, self._jumps)

"""A collector that reaches no machine by itself: the test speaks for the machines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from tests.monitor.machine_talk import NOON_US, Talk
from whotop.clock import SECOND_US, Clock
from whotop.collect.settings import CollectSettings
from whotop.collect.sink import Sink
from whotop.model import Target


class SilentCollector:
    """Keeps what it was told to watch, and the sink to speak to. The newest one is ``made[-1]``."""

    made: list[SilentCollector]

    def __init__(
        self,
        targets: Iterable[Target],
        sink: Sink,
        clock: Clock,
        settings: CollectSettings,
        *,
        random: Callable[[], float] | None = None,
    ) -> None:
        self.sink = sink
        self.watched = {target.name: target for target in targets}
        self.acknowledged: list[tuple[str, str, int]] = []
        self.made.append(self)

    async def run(self) -> None:
        await asyncio.Event().wait()

    def add(self, target: Target) -> None:
        self.watched[target.name] = target

    def remove(self, name: str) -> None:
        self.watched.pop(name, None)

    def acknowledge(self, machine: str, origin: str, offset: int) -> None:
        self.acknowledged.append((machine, origin, offset))

    def ask_for_records(self, machine: str) -> None:
        """There is nobody to ask."""

    def reconnect(self, machine: str) -> None:
        """It is silent already."""

    async def close(self) -> None:
        """Nothing is open."""

    def speak(self, machine: str, talk: Talk, seconds: float, *utmp: bytes, wtmp: tuple[bytes, ...] = ()) -> None:
        """A machine connects, tells who is there, and sends its newest records."""
        now_us = NOON_US + round(seconds * SECOND_US)
        self.sink.hello(machine, talk.hello(seconds), now_us)
        self.sink.sessions(machine, talk.listed(seconds, *utmp), now_us)
        self.sink.figures(machine, talk.figures(seconds), now_us)
        if wtmp:
            self.sink.records(machine, talk.wrote(seconds, *wtmp), now_us)

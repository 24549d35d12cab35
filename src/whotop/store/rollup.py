"""Condenses samples by the minute, in memory. Pure: samples in, figures out.

A minute that is written twice (whotop was started anew within it) is joined again on reading, so
nothing here need survive a restart.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from whotop.clock import MINUTE_US
from whotop.core.feed import MinuteFigures
from whotop.model import Sample


class _Mean:
    __slots__ = ("count", "highest", "total")

    def __init__(self) -> None:
        self.count = 0
        self.total = 0.0
        self.highest = 0.0

    def add(self, value: float | None) -> None:
        if value is not None:
            self.count += 1
            self.total += value
            if self.count == 1 or value > self.highest:
                self.highest = value

    @property
    def mean(self) -> float | None:
        return self.total / self.count if self.count else None

    @property
    def maximum(self) -> float | None:
        return self.highest if self.count else None


class _Minute:
    """One machine's open minute."""

    __slots__ = ("cpu", "disk", "load", "memory", "samples", "sessions_max", "start_us", "swap")

    def __init__(self, start_us: int) -> None:
        self.start_us = start_us
        self.samples = self.sessions_max = 0
        self.cpu, self.memory, self.swap, self.load, self.disk = _Mean(), _Mean(), _Mean(), _Mean(), _Mean()

    def add(self, sample: Sample, session_count: int) -> None:
        self.samples += 1
        self.cpu.add(sample.cpu_percent)
        self.memory.add(sample.memory_percent)
        self.swap.add(sample.swap_percent)
        self.load.add(sample.load1)
        self.disk.add(sample.disk_percent)
        self.sessions_max = max(self.sessions_max, session_count)

    def figures(self) -> MinuteFigures:
        return MinuteFigures(
            time_us=self.start_us,
            samples=self.samples,
            cpu_mean=self.cpu.mean,
            cpu_max=self.cpu.maximum,
            memory_mean=self.memory.mean,
            swap_mean=self.swap.mean,
            load_mean=self.load.mean,
            load_max=self.load.maximum,
            disk_max=self.disk.maximum,
            sessions_max=self.sessions_max,
        )


class Rollup:
    """The open minute of each machine, and the ended ones that wait to be written."""

    def __init__(self) -> None:
        self._open: dict[str, _Minute] = {}
        self._ended: deque[tuple[str, MinuteFigures]] = deque()

    def add(self, samples: Iterable[tuple[Sample, int]]) -> None:
        """Take in samples, each with its number of open sessions. A new minute ends the one before."""
        for sample, session_count in samples:
            start_us = sample.time_us - sample.time_us % MINUTE_US
            minute = self._open.get(sample.machine)
            if minute is None or minute.start_us != start_us:
                if minute is not None:
                    self._ended.append((sample.machine, minute.figures()))
                minute = self._open[sample.machine] = _Minute(start_us)
            minute.add(sample, session_count)

    def end_before(self, time_us: int) -> None:
        """End the minutes of machines that have fallen silent."""
        for machine in [name for name, minute in self._open.items() if minute.start_us + MINUTE_US <= time_us]:
            self._ended.append((machine, self._open.pop(machine).figures()))

    def ended(self, limit: int) -> list[tuple[str, MinuteFigures]]:
        """At most ``limit`` ended minutes, the oldest first. They stay until ``forget``."""
        return [self._ended[place] for place in range(min(limit, len(self._ended)))]

    def forget(self, count: int) -> None:
        """Drop the ``count`` oldest ended minutes: they are written."""
        for _ in range(count):
            self._ended.popleft()

    def unwritten(self, machine: str) -> list[MinuteFigures]:
        """A machine's minutes that are not in the store yet, the open one last."""
        waiting = [figures for name, figures in self._ended if name == machine]
        minute = self._open.get(machine)
        return waiting if minute is None else [*waiting, minute.figures()]

"""Condenses samples by the minute, in memory. Pure: samples in, figures out.

A minute that is written twice (whotop was started anew within it) is joined again on reading, so
nothing here need survive a restart.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from whotop.clock import MINUTE_US
from whotop.core.feed import MinuteFigures
from whotop.model import Disk, Sample


class _Minute:
    """One machine's open minute. Sums are written out: this runs for every sample of the fleet."""

    __slots__ = (
        *("cpu_count", "cpu_max", "cpu_sum", "disk_max", "disks", "load_count", "load_max", "load_sum"),
        *("memory_count", "memory_sum", "samples", "sessions_max", "start_us", "swap_count", "swap_sum"),
    )

    def __init__(self, start_us: int) -> None:
        self.start_us = start_us
        self.samples = self.sessions_max = 0
        self.cpu_count = self.memory_count = self.swap_count = self.load_count = 0
        self.cpu_sum = self.memory_sum = self.swap_sum = self.load_sum = 0.0
        self.cpu_max: float | None = None
        self.load_max: float | None = None
        self.disk_max: float | None = None
        self.disks: tuple[Disk, ...] = ()

    def add(self, sample: Sample, session_count: int) -> None:
        self.samples += 1
        if session_count > self.sessions_max:
            self.sessions_max = session_count
        if (cpu := sample.cpu_percent) is not None:
            self.cpu_count += 1
            self.cpu_sum += cpu
            if self.cpu_max is None or cpu > self.cpu_max:
                self.cpu_max = cpu
        if (memory := sample.memory_percent) is not None:
            self.memory_count += 1
            self.memory_sum += memory
        if (swap := sample.swap_percent) is not None:
            self.swap_count += 1
            self.swap_sum += swap
        if (load := sample.load1) is not None:
            self.load_count += 1
            self.load_sum += load
            if self.load_max is None or load > self.load_max:
                self.load_max = load
        if sample.disks is not self.disks:
            self._add_disks(sample)

    def _add_disks(self, sample: Sample) -> None:
        """Disks are read every 30 s: most samples carry those of the sample before."""
        self.disks = sample.disks
        fullest = sample.disk_percent
        if fullest is not None and (self.disk_max is None or fullest > self.disk_max):
            self.disk_max = fullest

    def figures(self) -> MinuteFigures:
        return MinuteFigures(
            time_us=self.start_us,
            samples=self.samples,
            cpu_mean=_mean(self.cpu_sum, self.cpu_count),
            cpu_max=self.cpu_max,
            memory_mean=_mean(self.memory_sum, self.memory_count),
            swap_mean=_mean(self.swap_sum, self.swap_count),
            load_mean=_mean(self.load_sum, self.load_count),
            load_max=self.load_max,
            disk_max=self.disk_max,
            sessions_max=self.sessions_max,
        )


def _mean(total: float, count: int) -> float | None:
    return total / count if count else None


class Rollup:
    """The open minute of each machine, and the ended ones that wait to be written."""

    def __init__(self) -> None:
        self._open: dict[str, _Minute] = {}
        self._ended: deque[tuple[str, MinuteFigures]] = deque()
        self._looked_us = 0

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
        """End the minutes of machines that have fallen silent: those that were over at ``time_us``."""
        if time_us - time_us % MINUTE_US == self._looked_us:
            return
        self._looked_us = time_us - time_us % MINUTE_US
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

"""Which of some machines have answered: read twice (processor use lies between two readings), or not reached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from whotop.core.feed import Batch, Sampled
from whotop.core.fleet import Fleet
from whotop.model import MachineState

READINGS = 2
"""Machines that tell nothing of their processor are not waited for any longer either."""


class Answers:
    """Reads batches into a fleet until ``awaited`` is empty."""

    def __init__(self, machines: Iterable[str]) -> None:
        self.fleet = Fleet()
        self.awaited = set(machines)
        self._readings: Counter[str] = Counter()

    def take(self, batch: Batch) -> set[str]:
        """The machines that have answered by this batch, and had not before."""
        self.fleet.apply(batch)
        for change in batch.changes:
            if isinstance(change, Sampled):
                self._readings[change.sample.machine] += 1
        answered = {name for name in self.awaited if self._has_answered(name)}
        self.awaited -= answered
        return answered

    def _has_answered(self, name: str) -> bool:
        machine = self.fleet.machines.get(name)
        if machine is None or machine.state is MachineState.DOWN:
            return machine is not None
        return machine.state is MachineState.UP and self._readings[name] >= READINGS

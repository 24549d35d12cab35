"""Rules ``cpu``, ``memory``, ``swap``, ``disk`` and ``load``: see ``limit`` for what they share."""

from __future__ import annotations

from whotop.core.rules.limit import Limit
from whotop.model import Alert, Sample

CPU, MEMORY, SWAP, DISK, LOAD = "cpu", "memory", "swap", "disk", "load"


class _Share(Limit):
    """A figure in percent."""

    material = 5.0

    def words(self, subject: str, value: float, limit: float) -> str:
        """``disk /var 95% over 90%``; a digit more where the two would look alike, or the limit has one."""
        what = f"{self.rule} {subject}" if subject else self.rule
        digits = 0 if round(value) > round(limit) and limit == round(limit) else 1
        return f"{what} {value:.{digits}f}% over {limit:.{digits}f}%"


class CpuLimit(_Share):
    """CPU in use, over all cores."""

    names, rule = (CPU,), CPU

    def reading(self, sample: Sample) -> float | None:
        """None in the first sample of a connection."""
        return sample.cpu_percent


class MemoryLimit(_Share):
    """Memory in use."""

    names, rule = (MEMORY,), MEMORY

    def reading(self, sample: Sample) -> float | None:
        """What cannot be had without taking it from somebody."""
        return sample.memory_percent


class SwapLimit(_Share):
    """Swap in use."""

    names, rule = (SWAP,), SWAP

    def reading(self, sample: Sample) -> float | None:
        """None on a machine without swap."""
        return sample.swap_percent


class DiskLimit(_Share):
    """File systems in use, each by itself."""

    names, rule = (DISK,), DISK

    def reading(self, sample: Sample) -> float | None:
        """The fullest."""
        return sample.disk_percent

    def on_sample(self, sample: Sample, now_us: int) -> list[Alert]:
        """Compare each file system; one that is mounted no longer is full no longer."""
        if not sample.disks:
            return []
        changed: list[Alert] = []
        for disk in sample.disks:
            changed += self.measure(sample.machine, disk.mount, disk.used_percent, now_us)
        if self.alerts.count(DISK, sample.machine):
            changed += self._unmounted(sample, now_us)
        return changed

    def _unmounted(self, sample: Sample, now_us: int) -> list[Alert]:
        mounted = {disk.mount for disk in sample.disks}
        gone = [alert.subject for alert in self.alerts.of(DISK, sample.machine) if alert.subject not in mounted]
        return [done for mount in gone for done in self.alerts.over(DISK, sample.machine, mount, now_us)]


class LoadLimit(Limit):
    """Load of the last quarter of an hour, for each core."""

    names, rule = (LOAD,), LOAD
    material = 0.5

    def reading(self, sample: Sample) -> float | None:
        """None where the load or the number of cores is not known."""
        if sample.load15 is None or sample.cpu_count <= 0:
            return None
        return sample.load15 / sample.cpu_count

    def words(self, subject: str, value: float, limit: float) -> str:
        """``load 3.4 over 2.0 per core``."""
        digits = 1 if round(value, 1) > round(limit, 1) else 2
        return f"load {value:.{digits}f} over {limit:.{digits}f} per core"

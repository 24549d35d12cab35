"""A sample: one reading of how a machine is."""

from __future__ import annotations

import msgspec


class Disk(msgspec.Struct, frozen=True, kw_only=True):
    """One mounted local file system."""

    mount: str
    size_bytes: int
    available_bytes: int
    """To a user without privileges, as ``df`` counts."""
    used_percent: float
    """0 to 100: used / (used + available), as ``df`` rounds up from."""


class LastInput(msgspec.Struct, frozen=True):
    """When a terminal last had input, by the machine's clock (access time of /dev/pts/N, as ``w``)."""

    tty: str
    time_us: int


class Sample(msgspec.Struct, frozen=True, omit_defaults=True):
    """One reading. Rates (CPU, network) are None in the first one after a connection."""

    machine: str
    time_us: int
    """When we received it, by our clock."""
    cpu_percent: float | None = None
    """0 to 100 over all CPUs, since the reading before."""
    memory_percent: float | None = None
    """0 to 100: 1 - MemAvailable / MemTotal."""
    memory_total_bytes: int = 0
    swap_percent: float | None = None
    """None on a machine without swap."""
    load1: float | None = None
    load5: float | None = None
    load15: float | None = None
    cpu_count: int = 0
    uptime_seconds: float = 0.0
    received_bytes_per_second: float | None = None
    sent_bytes_per_second: float | None = None
    disks: tuple[Disk, ...] = ()
    last_inputs: tuple[LastInput, ...] = ()
    skew_us: int = 0
    """How far the machine's clock is ahead of ours, as last measured."""

    @property
    def disk_percent(self) -> float | None:
        """The fullest file system."""
        return max((disk.used_percent for disk in self.disks), default=None)

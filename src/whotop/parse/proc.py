"""Lines of /proc into a sample: counters from two readings, the rest from the newer one.

Nothing a machine writes makes these functions raise; what makes no sense is None.
"""

from __future__ import annotations

import msgspec

from whotop.model import Disk, LastInput, Sample
from whotop.parse.figures import FiguresLike
from whotop.parse.proc_lines import (
    LARGEST_COUNT,
    cpu_ticks,
    disks_of,
    last_inputs_of,
    loads,
    memory,
    network_bytes,
    uptime,
)
from whotop.parse.sysctl import CPU_STEP, sysctl_figures
from whotop.parse.windows_figures import windows_figures


class Reading(msgspec.Struct, frozen=True, gc=False):
    """One reading: counters to be compared with the next one's, and what stands by itself."""

    cpu_total_ticks: int
    """All ticks of all CPUs; 0 unknown."""
    cpu_idle_ticks: int
    uptime_seconds: float
    """0 unknown."""
    received_bytes: int
    """Over all interfaces told; -1 unknown."""
    sent_bytes: int
    interfaces: tuple[bytes, ...]
    """Whose bytes those are."""
    memory_percent: float | None
    memory_total_bytes: int
    swap_percent: float | None
    loads: tuple[float, float, float] | None
    disks: tuple[Disk, ...]
    last_inputs: tuple[LastInput, ...]


NO_READING = Reading(0, 0, 0.0, -1, -1, (), None, 0, None, None, (), ())
"""What comes before the first."""


def reading(figures: FiguresLike, previous: Reading | None) -> Reading:
    """Read figures; disks and terminals that they do not hold are those of ``previous``."""
    before = NO_READING if previous is None else previous
    if figures.windows:
        return _windows_reading(figures, before)
    if figures.sysctl:
        return _sysctl_reading(figures, before)
    total_ticks, idle_ticks = cpu_ticks(figures.stat)
    received, sent, interfaces = network_bytes(figures.network)
    memory_percent, memory_total_bytes, swap_percent = memory(figures.meminfo)
    return Reading(
        total_ticks,
        idle_ticks,
        uptime(figures.uptime),
        received,
        sent,
        interfaces,
        memory_percent,
        memory_total_bytes,
        swap_percent,
        loads(figures.loadavg),
        before.disks if figures.disks is None else disks_of(figures.disks),
        before.last_inputs if figures.terminals is None else last_inputs_of(figures.terminals),
    )


def _windows_reading(figures: FiguresLike, before: Reading) -> Reading:
    """Windows has no load and tells nothing of its network and page file here."""
    told = windows_figures(figures.windows)
    return msgspec.structs.replace(
        NO_READING,
        cpu_total_ticks=told.kernel + told.user,
        cpu_idle_ticks=told.idle,
        uptime_seconds=told.uptime_ms / 1000,
        memory_percent=told.memory_percent,
        memory_total_bytes=told.memory,
        disks=before.disks if figures.disks is None else disks_of(figures.disks),
        last_inputs=told.last_inputs,
    )


def _sysctl_reading(figures: FiguresLike, before: Reading) -> Reading:
    """FreeBSD counts ticks as Linux does; where only a percentage is told, it is made into ticks."""
    told = sysctl_figures(figures.sysctl)
    total, idle = told.cpu_ticks
    if told.busy_percent is not None:
        total = before.cpu_total_ticks + CPU_STEP
        idle = before.cpu_idle_ticks + round(CPU_STEP * (100 - told.busy_percent) / 100)
    return Reading(
        total,
        idle,
        max(figures.clock_us / 1e6 - told.boot_seconds, 0.0) if told.boot_seconds else 0.0,
        told.received_bytes,
        told.sent_bytes,
        told.interfaces,
        told.memory_percent,
        told.memory_total_bytes,
        told.swap_percent,
        told.loads,
        before.disks if figures.disks is None else disks_of(figures.disks),
        before.last_inputs if figures.terminals is None else last_inputs_of(figures.terminals),
    )


def sample(
    machine: str,
    previous: Reading | None,
    newer: Reading,
    received_us: int,
    *,
    skew_us: int = 0,
    cpu_count: int = 0,
) -> Sample:
    """Give the sample of ``newer``, with rates since ``previous`` where there is one to compare with."""
    cpu_percent = received_rate = sent_rate = None
    if previous is not None:
        cpu_percent = busy_percent(previous, newer)
        received_rate, sent_rate = network_rates(previous, newer)
    load1, load5, load15 = newer.loads or (None, None, None)
    # By position: from 16 keywords on, CPython takes five times as long for a call.
    return Sample(
        machine,
        received_us,
        cpu_percent=cpu_percent,
        memory_percent=newer.memory_percent,
        memory_total_bytes=newer.memory_total_bytes,
        swap_percent=newer.swap_percent,
        load1=load1,
        load5=load5,
        load15=load15,
        cpu_count=cpu_count,
        uptime_seconds=newer.uptime_seconds,
        received_bytes_per_second=received_rate,
        sent_bytes_per_second=sent_rate,
        disks=newer.disks,
        last_inputs=newer.last_inputs,
        skew_us=skew_us,
    )


def busy_percent(previous: Reading, newer: Reading) -> float | None:
    """Give how busy all CPUs were between two readings; None when a counter stood still or went back."""
    elapsed = newer.cpu_total_ticks - previous.cpu_total_ticks
    idle = newer.cpu_idle_ticks - previous.cpu_idle_ticks
    if elapsed <= 0 or not 0 <= idle <= elapsed or not previous.cpu_total_ticks:
        return None
    return 100.0 * (elapsed - idle) / elapsed


def network_rates(previous: Reading, newer: Reading) -> tuple[float | None, float | None]:
    """Give bytes per second received and sent between two readings, by the machine's uptime.

    Both are None when an interface came or went, or a counter went back.
    """
    seconds = newer.uptime_seconds - previous.uptime_seconds
    received, sent = newer.received_bytes - previous.received_bytes, newer.sent_bytes - previous.sent_bytes
    if seconds <= 0 or not newer.interfaces or newer.interfaces != previous.interfaces:
        return None, None
    if not (0 <= received <= LARGEST_COUNT and 0 <= sent <= LARGEST_COUNT):
        return None, None
    return received / seconds, sent / seconds

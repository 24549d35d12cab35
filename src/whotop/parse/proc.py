"""Lines of /proc into a sample: counters from two readings, the rest from the newer one.

Nothing a machine writes makes these functions raise; what makes no sense is None.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

import msgspec

from whotop.model import Disk, LastInput, Sample
from whotop.parse.figures import FiguresLike, FileSystemLike, TerminalLike
from whotop.text import safe

KIBIBYTE = 1024
_LARGEST_COUNT = 2**63 - 1
_LARGEST_LOAD = 1e7
_LARGEST_SECONDS = 1e10


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
    total_ticks, idle_ticks = cpu_ticks(figures.stat)
    received, sent, interfaces = network_bytes(figures.network)
    memory_percent, memory_total_bytes, swap_percent = memory(figures.meminfo)
    before = NO_READING if previous is None else previous
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
    return Sample(
        machine=machine,
        time_us=received_us,
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


def cpu_ticks(stat: bytes) -> tuple[int, int]:
    """Give all ticks and the idle ones of the line ``cpu …`` of /proc/stat; (0, 0) if it is none.

    Idle is idle and iowait; steal counts as busy, as in htop; guest time is in user time already
    (kernel, Documentation/filesystems/proc.rst) and is not added again.
    """
    try:
        ticks = list(map(int, stat.split()[1:9]))
        if len(ticks) < 4 or min(ticks) < 0 or max(ticks) > _LARGEST_COUNT:
            return 0, 0
        return sum(ticks), ticks[3] + (ticks[4] if len(ticks) > 4 else 0)
    except ValueError:
        return 0, 0


def busy_percent(previous: Reading, newer: Reading) -> float | None:
    """Give how busy all CPUs were between two readings; None when a counter stood still or went back."""
    elapsed = newer.cpu_total_ticks - previous.cpu_total_ticks
    idle = newer.cpu_idle_ticks - previous.cpu_idle_ticks
    if elapsed <= 0 or not 0 <= idle <= elapsed or not previous.cpu_total_ticks:
        return None
    return 100.0 * (elapsed - idle) / elapsed


def memory(meminfo: bytes) -> tuple[float | None, int, float | None]:
    """Give memory used in percent, all of it in bytes, and swap used in percent.

    What is used is what is not available; kernels before 3.14 do not say that, and free, buffers
    and cache stand for it.
    """
    sizes: dict[bytes, int] = {}
    try:
        for line in meminfo.split(b"\n"):
            name, _, value = line.partition(b":")
            sizes[name] = int(value.split(None, 1)[0]) * KIBIBYTE if value else 0
    except (ValueError, IndexError):
        return None, 0, None
    total = sizes.get(b"MemTotal", 0)
    available = sizes.get(b"MemAvailable")
    if available is None:
        available = sizes.get(b"MemFree", 0) + sizes.get(b"Buffers", 0) + sizes.get(b"Cached", 0)
    if not 0 < total <= _LARGEST_COUNT:
        return None, 0, None
    return _used_percent(total, available), total, _used_percent(sizes.get(b"SwapTotal", 0), sizes.get(b"SwapFree", 0))


def _used_percent(total: int, available: int) -> float | None:
    if not 0 < total <= _LARGEST_COUNT or not 0 <= available <= total:
        return None
    return 100.0 * (total - available) / total


def loads(loadavg: bytes) -> tuple[float, float, float] | None:
    """Give the three load averages."""
    try:
        one, five, fifteen = map(float, loadavg.split(None, 3)[:3])
    except ValueError:
        return None
    if 0 <= one < _LARGEST_LOAD and 0 <= five < _LARGEST_LOAD and 0 <= fifteen < _LARGEST_LOAD:
        return one, five, fifteen
    return None


def uptime(text: bytes) -> float:
    """Give the seconds since boot; 0.0 if that is none."""
    try:
        seconds = float(text.split(None, 1)[0])
    except (ValueError, IndexError):
        return 0.0
    return seconds if isfinite(seconds) and 0 <= seconds < _LARGEST_SECONDS else 0.0


def network_bytes(network: bytes) -> tuple[int, int, tuple[bytes, ...]]:
    """Give bytes received and sent over all interfaces told, and their names; (-1, -1, ()) for garbage."""
    received = sent = 0
    names: list[bytes] = []
    try:
        for line in network.split(b"\n"):
            name, colon, counters = line.partition(b":")
            if colon:
                fields = counters.split(None, 9)
                received += int(fields[0])
                sent += int(fields[8])
                names.append(name)
    except (ValueError, IndexError):
        return -1, -1, ()
    return received, sent, tuple(names)


def network_rates(previous: Reading, newer: Reading) -> tuple[float | None, float | None]:
    """Give bytes per second received and sent between two readings, by the machine's uptime.

    Both are None when an interface came or went, or a counter went back.
    """
    seconds = newer.uptime_seconds - previous.uptime_seconds
    received, sent = newer.received_bytes - previous.received_bytes, newer.sent_bytes - previous.sent_bytes
    if seconds <= 0 or not newer.interfaces or newer.interfaces != previous.interfaces:
        return None, None
    if not (0 <= received <= _LARGEST_COUNT and 0 <= sent <= _LARGEST_COUNT):
        return None, None
    return received / seconds, sent / seconds


def disks_of(file_systems: Sequence[FileSystemLike]) -> tuple[Disk, ...]:
    """Give how full file systems are, as ``df`` counts: what only root may fill is neither used nor available."""
    disks = []
    for one in file_systems:
        used = one.size - one.free
        if used < 0 or used + one.available <= 0:
            continue
        disks.append(
            Disk(
                mount=safe(one.mount),
                size_bytes=one.size,
                available_bytes=one.available,
                used_percent=100.0 * used / (used + one.available),
            )
        )
    return tuple(disks)


def last_inputs_of(terminals: Sequence[TerminalLike]) -> tuple[LastInput, ...]:
    """Give when each terminal last had input."""
    return tuple(LastInput(safe(one.name), one.accessed_us) for one in terminals)

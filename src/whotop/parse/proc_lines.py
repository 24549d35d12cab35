"""The lines of /proc that figures hold, one function each; what makes no sense is None, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from whotop.model import Disk, LastInput
from whotop.parse.figures import FileSystemLike, TerminalLike
from whotop.parse.received import received

KIBIBYTE = 1024
LARGEST_COUNT = 2**63 - 1
"""What /proc can count in 64 bits, and a database can hold."""
_LARGEST_LOAD = 1e7
_LARGEST_SECONDS = 1e10


def cpu_ticks(stat: bytes) -> tuple[int, int]:
    """Give all ticks and the idle ones of the line ``cpu …`` of /proc/stat; (0, 0) if it is none.

    Idle is idle and iowait; steal counts as busy, as in htop; guest time is in user time already
    (kernel, Documentation/filesystems/proc.rst) and is not added again.
    """
    try:
        ticks = list(map(int, stat.split()[1:9]))
        if len(ticks) < 4 or min(ticks) < 0 or max(ticks) > LARGEST_COUNT:
            return 0, 0
        return sum(ticks), ticks[3] + (ticks[4] if len(ticks) > 4 else 0)
    except ValueError:
        return 0, 0


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
    if not 0 < total <= LARGEST_COUNT:
        return None, 0, None
    return _used_percent(total, available), total, _used_percent(sizes.get(b"SwapTotal", 0), sizes.get(b"SwapFree", 0))


def _used_percent(total: int, available: int) -> float | None:
    if not 0 < total <= LARGEST_COUNT or not 0 <= available <= total:
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


def disks_of(file_systems: Sequence[FileSystemLike]) -> tuple[Disk, ...]:
    """Give how full file systems are, as ``df`` counts: what only root may fill is neither used nor available."""
    disks = []
    for one in file_systems:
        used = one.size - one.free
        if used < 0 or used + one.available <= 0:
            continue
        disks.append(
            Disk(
                mount=received(one.mount)[0],
                size_bytes=one.size,
                available_bytes=one.available,
                used_percent=100.0 * used / (used + one.available),
            )
        )
    return tuple(disks)


def last_inputs_of(terminals: Sequence[TerminalLike]) -> tuple[LastInput, ...]:
    """Give when each terminal last had input."""
    return tuple(LastInput(received(one.name)[0], one.accessed_us) for one in terminals)

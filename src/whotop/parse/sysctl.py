"""What FreeBSD's and macOS's own programs print, into figures: there is no /proc to read lines of.

The probe sends what ``sysctl NAME…``, ``netstat -ibn``, ``swapinfo -k`` (FreeBSD), ``vm_stat`` and
``ps -A -o %cpu`` (macOS) print, one after the other, under ``LC_ALL=C``. The names and units are
those of FreeBSD's sys/kern/kern_clock.c, sys/vm/vm_meter.c and usr.bin/netstat/if.c and of Apple's
system_cmds (vm_stat.c). None of it has been seen on such a machine yet: docs/machines.md.
"""

from __future__ import annotations

import re

import msgspec

from whotop.parse.proc_lines import LARGEST_COUNT, loads

CPU_STEP = 10_000
"""macOS tells how busy its processors are, and counts nothing: a reading is so many ticks after the last."""

_UNITS = {b"K": 2**10, b"M": 2**20, b"G": 2**30, b"T": 2**40}
_BOOT_SECONDS = re.compile(rb"sec = (\d{1,12})")
_PAGE_SIZE = re.compile(rb"page size of (\d{1,9}) bytes")
_AMOUNT = re.compile(rb"(total|used) = (\d{1,12}(?:\.\d{1,6})?)([KMGT])")
_MAC_ADDRESS = re.compile(rb"(?:[0-9a-f]{1,2}:){5}[0-9a-f]{1,2}\Z")
_PERCENT = re.compile(rb"\d{1,6}(\.\d{1,3})?")
_VIRTUAL = (b"lo", b"bridge", b"tap", b"tun", b"utun", b"vlan", b"wg", b"gif", b"awdl", b"llw", b"anpi", b"ap")
"""Interfaces without hardware, or beside it: they count the same bytes a second time."""


class SysctlFigures(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One reading; what was not told is unknown, as in ``proc.Reading``."""

    cpu_ticks: tuple[int, int] = (0, 0)
    """All and idle ones, since boot (FreeBSD)."""
    busy_percent: float | None = None
    """Of all processors, where no ticks are counted (macOS)."""
    boot_seconds: int = 0
    """Since 1970, by the machine's clock."""
    memory_percent: float | None = None
    memory_total_bytes: int = 0
    swap_percent: float | None = None
    loads: tuple[float, float, float] | None = None
    received_bytes: int = -1
    sent_bytes: int = -1
    interfaces: tuple[bytes, ...] = ()


def sysctl_figures(data: bytes) -> SysctlFigures:
    """Read what those programs printed. Never raises."""
    lines = data.split(b"\n")
    values = {
        name.strip(b' "'): value.strip() for name, colon, value in (line.partition(b":") for line in lines) if colon
    }
    booted = _BOOT_SECONDS.search(values.get(b"kern.boottime", b""))
    total = _number(values.get(b"hw.memsize") or values.get(b"hw.physmem", b""))
    received, sent, interfaces = _network(lines)
    return SysctlFigures(
        cpu_ticks=_cpu_ticks(values.get(b"kern.cp_time", b"")),
        busy_percent=_busy_percent(values, lines),
        boot_seconds=int(booted[1]) if booted else 0,
        memory_percent=_used_percent(total, _available_bytes(values, data)),
        memory_total_bytes=total,
        swap_percent=_swap_percent(values, lines),
        loads=loads(values.get(b"vm.loadavg", b"").strip(b"{} ")),
        received_bytes=received,
        sent_bytes=sent,
        interfaces=interfaces,
    )


def _number(text: bytes) -> int:
    """A count; 0 if it is none that can be. vm_stat ends its with a full stop."""
    text = text.rstrip(b".")
    return int(text) if text.isdigit() and len(text) < 20 and int(text) <= LARGEST_COUNT else 0


def _cpu_ticks(cp_time: bytes) -> tuple[int, int]:
    """User, nice, system, interrupt, idle."""
    ticks = [_number(field) for field in cp_time.split()]
    return (sum(ticks), ticks[4]) if len(ticks) == 5 else (0, 0)


def _busy_percent(values: dict[bytes, bytes], lines: list[bytes]) -> float | None:
    """The sum over all processes, as the column ``%CPU`` tells it, over all processors."""
    processors = _number(values.get(b"hw.ncpu", b""))
    header = next((number for number, line in enumerate(lines) if line.strip() == b"%CPU"), None)
    if header is None or not processors:
        return None
    total = 0.0
    for line in lines[header + 1 :]:
        if not _PERCENT.fullmatch(line.strip()):
            break
        total += float(line)
    return min(total / processors, 100.0)


def _available_bytes(values: dict[bytes, bytes], data: bytes) -> int:
    """What could be given to a program at once: free, inactive, and what caches hold (ZFS keeps its own)."""
    size = _PAGE_SIZE.search(data)
    if size:
        pages = sum(_number(values.get(b"Pages " + kind, b"")) for kind in (b"free", b"inactive", b"speculative"))
        return pages * int(size[1])
    kinds = (b"free", b"inactive", b"cache")
    pages = sum(_number(values.get(b"vm.stats.vm.v_" + kind + b"_count", b"")) for kind in kinds)
    return pages * _number(values.get(b"hw.pagesize", b"")) + _number(values.get(b"kstat.zfs.misc.arcstats.size", b""))


def _used_percent(total: int, available: int) -> float | None:
    return 100.0 * (total - available) / total if 0 < available <= total else None


def _swap_percent(values: dict[bytes, bytes], lines: list[bytes]) -> float | None:
    """None where there is no swap."""
    amounts = {
        name: float(amount) * _UNITS[unit] for name, amount, unit in _AMOUNT.findall(values.get(b"vm.swapusage", b""))
    }
    if not amounts:
        amounts = _swapinfo(lines)
    total, used = amounts.get(b"total", 0.0), amounts.get(b"used", 0.0)
    return 100.0 * used / total if 0 <= used <= total and total else None


def _swapinfo(lines: list[bytes]) -> dict[bytes, float]:
    """Device, 1K-blocks, used, available, capacity; with several devices, a line ``Total`` as well."""
    amounts = {b"total": 0.0, b"used": 0.0}
    for line in lines:
        fields = line.split()
        if len(fields) == 5 and line.startswith(b"/dev/") and fields[4].endswith(b"%"):
            amounts[b"total"] += _number(fields[1])
            amounts[b"used"] += _number(fields[2])
    return amounts


def _network(lines: list[bytes]) -> tuple[int, int, tuple[bytes, ...]]:
    """Bytes received and sent over the hardware interfaces of ``netstat -ibn``; (-1, -1, ()) without that table.

    Columns are counted from the right, because the column of addresses may be empty.
    """
    header: list[bytes] = []
    received = sent = 0
    names: list[bytes] = []
    for line in lines:
        fields = line.split()
        if b"Ibytes" in fields and b"Obytes" in fields:
            header = fields
        elif header and len(fields) == len(header) and fields[2].startswith(b"<Link#") and _is_hardware(fields):
            received += _number(fields[header.index(b"Ibytes") - len(header)])
            sent += _number(fields[header.index(b"Obytes") - len(header)])
            names.append(fields[0])
    return (received, sent, tuple(names)) if names else (-1, -1, ())


def _is_hardware(fields: list[bytes]) -> bool:
    return bool(_MAC_ADDRESS.match(fields[3])) and not fields[0].startswith(_VIRTUAL)

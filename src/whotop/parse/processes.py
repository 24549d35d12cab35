"""/proc/PID/stat and /proc/PID/cmdline into a process (proc(5))."""

from __future__ import annotations

from whotop.model import Process
from whotop.text import safe

_COMMAND_LIMIT = 1024
_LARGEST_PID = 2**31 - 1
_LARGEST = 2**53


def process(stat: bytes, cmdline: bytes, *, clock_us: int, uptime: bytes, clock_ticks: int) -> Process | None:
    """Read one process; None if ``stat`` is not of that form.

    ``clock_us`` and ``uptime`` (/proc/uptime) were read together with it, and date it by the
    machine's own clock; ``clock_ticks`` is the machine's SC_CLK_TCK.
    """
    # The name in parentheses is the process's own choice and may hold spaces and parentheses.
    name_end = stat.rfind(b")")
    fields = stat[name_end + 2 :].split()
    try:
        pid, parent_pid = int(stat[: stat.index(b" (")]), int(fields[1])
        group, foreground_group = int(fields[2]), int(fields[5])
        spent_ticks, started_ticks = int(fields[11]) + int(fields[12]), int(fields[19])
        uptime_us = int(float(uptime.split()[0]) * 1_000_000)
    except (ValueError, IndexError, OverflowError):
        return None
    if not (0 < pid <= _LARGEST_PID and 0 <= parent_pid <= _LARGEST_PID):
        return None
    if not all(0 <= number <= _LARGEST for number in (spent_ticks, started_ticks, uptime_us)):
        return None
    return Process(
        pid=pid,
        parent_pid=parent_pid,
        command=_command(cmdline) or safe(b"[" + stat[stat.index(b"(") + 1 : name_end] + b"]", _COMMAND_LIMIT),
        state=safe(fields[0], 1),
        foreground=group == foreground_group,
        started_us=clock_us - uptime_us + started_ticks * 1_000_000 // clock_ticks,
        cpu_seconds=spent_ticks / clock_ticks,
    )


def _command(cmdline: bytes) -> str:
    """The arguments with spaces between; empty for a kernel thread or a zombie."""
    return safe(cmdline.rstrip(b"\0").replace(b"\0", b" "), _COMMAND_LIMIT).strip()

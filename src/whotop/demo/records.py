"""What a simulated machine keeps: the bytes that a real one would hold in the same files."""

from __future__ import annotations

import struct

from whotop.clock import SECOND_US

UTMP = struct.Struct("<hxxi32s4s32s256shhiii16s20s")
"""glibc's record on x86-64: 384 bytes (bits/utmp.h)."""

BOOT_TIME, LOGIN_PROCESS, USER_PROCESS, DEAD_PROCESS = 2, 6, 7, 8


def utmp_record(kind: int, pid: int, line: str, user: bytes, host: str, time_us: int) -> bytes:
    """One record of utmp or wtmp."""
    seconds, microseconds = divmod(time_us, SECOND_US)
    identifier = line[-4:].encode()
    return UTMP.pack(
        kind, pid, line.encode(), identifier, user, host.encode(), 0, 0, 0, seconds, microseconds, b"", b""
    )


def boot_record(time_us: int, kernel: str) -> bytes:
    """The record that a machine writes when it starts."""
    return utmp_record(BOOT_TIME, 0, "~", b"reboot", kernel, time_us)


def logind_file(session_id: str, user: bytes, line: str, host: str, leader: int, login_us: int) -> bytes:
    """One file of /run/systemd/sessions (systemd, logind-session.c, session_save)."""
    return (
        b"# This is private data. Do not parse.\nUID=1000\nUSER=%b\nACTIVE=1\nSTATE=active\nREMOTE=1\nTYPE=tty\n"
        b"CLASS=user\nSCOPE=session-%b.scope\nTTY=%b\nREMOTE_HOST=%b\nSERVICE=sshd\nLEADER=%d\nREALTIME=%d\n"
    ) % (user, session_id.encode(), line.encode(), host.encode(), leader, login_us)


def stat_line(busy_ticks: int, idle_ticks: int) -> bytes:
    """The first line of /proc/stat; three quarters of the busy time are spent in user mode."""
    user = busy_ticks * 3 // 4
    return b"cpu %d 0 %d %d 0 0 0 0 0 0\n" % (user, busy_ticks - user, idle_ticks)


def meminfo(total_kib: int, used_percent: float, swap_kib: int, swap_percent: float) -> bytes:
    """The lines of /proc/meminfo that a probe sends."""
    available = round(total_kib * (1 - used_percent / 100))
    swap_free = round(swap_kib * (1 - swap_percent / 100))
    return (
        b"MemTotal: %d kB\nMemFree: %d kB\nMemAvailable: %d kB\nBuffers: 0 kB\nCached: 0 kB\n"
        b"SwapTotal: %d kB\nSwapFree: %d kB\n"
    ) % (total_kib, available // 2, available, swap_kib, swap_free)

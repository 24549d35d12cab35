"""A process that leads a login (probe/linux/login_process.py) into that login.

The least that a machine can tell: who, on which terminal and since when; from where only to root.
The titles of sshd's processes are those of OpenSSH, session.c, session_proctitle.
"""

from __future__ import annotations

import ipaddress
import re

from whotop.model import Event, EventKind, Origin
from whotop.parse.received import raw_text, received
from whotop.parse.terminals import terminal_name
from whotop.text import safe

_SSHD_TITLE = re.compile(rb"sshd(?:-session)?: (?P<user>[^\0]+?)(?:@(?P<ttys>[^@\0]*))?\0?")
_TTY = re.compile(rb"[A-Za-z0-9/._-]{1,64}")
_STAT = re.compile(rb"([0-9]{1,10}) \((.{0,64})\) (.*)", re.DOTALL)
_LARGEST_PID = 2**31 - 1
_PARENT, _TTY_NR = 1, 4
"""Fields behind the name (proc(5))."""


def login(
    stat: bytes,
    title: bytes,
    machine: str,
    *,
    started_us: int,
    uid: int,
    user_name: bytes = b"",
    address: bytes = b"",
    boot_id: str = "",
    seen_us: int = 0,
    skew_us: int = 0,
) -> Event | None:
    """Read one process; None if it is not what it is sent as.

    ``stat`` is its /proc/PID/stat, ``title`` what its arguments say, ``uid`` whom it acts as, ``user_name`` the
    name of that, if it has one.
    """
    parts = _STAT.fullmatch(stat)
    if parts is None or not started_us:
        return None
    pid, name, fields = int(parts[1]), parts[2], parts[3].split()
    if not 0 < pid <= _LARGEST_PID or len(fields) <= _TTY_NR:
        return None
    sshd = _SSHD_TITLE.fullmatch(title)
    user, raw_user = received(user_name or b"%d" % uid)
    tty, raw_tty = received(_tty_named(sshd["ttys"]) if sshd else _tty_numbered(fields[_TTY_NR]))
    return Event(
        machine=machine,
        kind=EventKind.LOGIN,
        time_us=started_us,
        user=user,
        tty=tty,
        source=_address(address),
        origin=Origin.PROC,
        leader_pid=_leader(pid, fields[_PARENT], uid, is_sshd=sshd is not None),
        login_pid=pid,
        boot_id=boot_id,
        service="sshd" if sshd else safe(name.lstrip(b"-"), 32),
        raw=raw_text(raw_user, raw_tty, None),
        seen_us=seen_us,
        skew_us=skew_us,
    )


def _leader(pid: int, parent: bytes, uid: int, *, is_sshd: bool) -> int:
    """The process that others know the session by: sshd's monitor, which keeps root's rights, logs and asks logind.

    A login of root has none: there is nothing to separate (sshd.c, privsep_postauth).
    """
    monitor = int(parent) if parent.isdigit() and len(parent) <= 10 else 0
    return monitor if is_sshd and uid and 1 < monitor <= _LARGEST_PID else pid


def _tty_named(ttys: bytes | None) -> bytes:
    """The first of the terminals that a title names; ``notty`` and ``internal-sftp`` are none."""
    first = (ttys or b"").split(b",")[0]
    return first if _TTY.fullmatch(first) and first not in (b"notty", b"internal-sftp") else b""


def _tty_numbered(tty_nr: bytes) -> bytes:
    try:
        return terminal_name(int(tty_nr[:12])).encode()
    except ValueError:
        return b""


def _address(source: bytes) -> str:
    """An IP address in its usual form; nothing for anything else."""
    try:
        return str(ipaddress.ip_address(source.decode("ascii")))
    except ValueError:  # UnicodeDecodeError is one
        return ""

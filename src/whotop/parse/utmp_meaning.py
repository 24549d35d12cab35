"""What login records mean: each tells of a login, a logout, the machine itself, or of nothing.

The rules are those of util-linux, login-utils/last.c, process_wtmp_file: old programs fill in
``ut_type`` wrongly, so the user and line decide with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address

from whotop.model import EventKind
from whotop.parse.received import Received, received, received_field
from whotop.parse.utmp_layout import RecordFields

RUN_LEVEL, BOOT_TIME, NEW_TIME, OLD_TIME, USER_PROCESS, DEAD_PROCESS = 1, 2, 3, 4, 7, 8
SHUTDOWN_TIME = 254
"""No glibc type: the word of ``last`` for a shutdown."""
LOGIN_PROCESS = 6

LATEST_US = 2**53
_LOGIN, _LOGOUT, _FAILED_LOGIN = EventKind.LOGIN, EventKind.LOGOUT, EventKind.FAILED_LOGIN
"""A member of an enumeration by its name takes Python 3.11 0.2 µs."""
_NOTHING: Received = ("", None)
_HALTING_LEVELS = frozenset(b"06")
_CLOCK_LINES = {ord("|"): OLD_TIME, ord("{"): NEW_TIME}

Happening = tuple[EventKind, int, Received, Received, Received, int, str]
"""Kind, time in µs, user, tty, source, pid, detail."""


def happenings(records: Iterator[RecordFields]) -> Iterator[Happening]:
    """What wtmp records tell, without those that tell nothing."""
    for kind, pid, line, name, host, seconds, microseconds, address in records:
        time_us = seconds * 1_000_000 + microseconds
        if not 0 < time_us <= LATEST_US:
            continue
        retyped = _retyped(kind, line, name)
        pid = max(pid, 0)
        if retyped == USER_PROCESS:
            yield _LOGIN, time_us, received_field(name), received_field(line), source_of(host, address), pid, ""
        elif retyped == DEAD_PROCESS:
            if line[0]:
                yield _LOGOUT, time_us, received_field(name), received_field(line), _NOTHING, pid, ""
        elif retyped == BOOT_TIME:
            yield EventKind.BOOT, time_us, _NOTHING, _NOTHING, _NOTHING, 0, received_field(host)[0]
        elif retyped == SHUTDOWN_TIME or (retyped == RUN_LEVEL and pid & 255 in _HALTING_LEVELS):
            yield EventKind.SHUTDOWN, time_us, _NOTHING, _NOTHING, _NOTHING, 0, received_field(host)[0]
        elif retyped == NEW_TIME:
            yield EventKind.CLOCK_CHANGE, time_us, _NOTHING, _NOTHING, _NOTHING, 0, "new time"
        elif retyped == OLD_TIME:
            yield EventKind.CLOCK_CHANGE, time_us, _NOTHING, _NOTHING, _NOTHING, 0, "old time"


def _retyped(kind: int, line: bytes, name: bytes) -> int:
    """The type as ``last`` corrects it; its comparisons are those of strncmp."""
    first = line[0]
    if first == 0x7E:  # ~
        for word, meant in ((b"shutdown", SHUTDOWN_TIME), (b"reboot", BOOT_TIME), (b"runlevel", RUN_LEVEL)):
            if name.startswith(word):
                return meant
        return kind
    if not name[0]:
        return DEAD_PROCESS
    if first in _CLOCK_LINES and name.startswith(b"date"):
        return _CLOCK_LINES[first]
    if kind != DEAD_PROCESS and first and not name.startswith(b"LOGIN"):
        return USER_PROCESS
    return kind


def failed_logins(records: Iterator[RecordFields]) -> Iterator[Happening]:
    """What btmp records tell: sshd writes them as LOGIN_PROCESS, others as USER_PROCESS."""
    for kind, pid, line, name, host, seconds, microseconds, address in records:
        time_us = seconds * 1_000_000 + microseconds
        if kind not in (LOGIN_PROCESS, USER_PROCESS) or not 0 < time_us <= LATEST_US:
            continue
        user, tty, source = received_field(name), received_field(line), source_of(host, address)
        yield _FAILED_LOGIN, time_us, user, tty, source, max(pid, 0), ""


def source_of(host: bytes, address: bytes) -> Received:
    """Where a login came from: the host as written, else the address.

    A host that begins with a colon is an X display of the machine itself.
    """
    if host[0]:
        return _NOTHING if host[0] == 0x3A else received_field(host)
    return _address(address)


@lru_cache(maxsize=4096)
def _address(address: bytes) -> Received:
    """An address in network order; IPv4 stands in the first word alone."""
    if not any(address):
        return _NOTHING
    if not any(address[4:]):
        return received(str(IPv4Address(address[:4])).encode())
    return received(str(IPv6Address(address)).encode())

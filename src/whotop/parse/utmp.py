"""Login records (wtmp, btmp) into events, and the live list (utmp) into open sessions.

What a record means follows util-linux, login-utils/last.c, process_wtmp_file: old programs fill in
``ut_type`` wrongly, so the user and line decide with it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address

from whotop.model import Event, EventKind, Origin, RawText, Standing
from whotop.parse.received import Received, raw_text, received, received_field
from whotop.parse.utmp_layout import Layout, RecordFields, layout_of

RUN_LEVEL, BOOT_TIME, NEW_TIME, OLD_TIME, USER_PROCESS, DEAD_PROCESS = 1, 2, 3, 4, 7, 8
SHUTDOWN_TIME = 254
"""No glibc type: the word of ``last`` for a shutdown."""
LOGIN_PROCESS = 6

_LATEST_US = 2**53
_NOTHING: Received = ("", None)
_HALTING_LEVELS = frozenset(b"06")


class Ordinals:
    """Counts records that are equal in all that identifies them, across the pieces of one file.

    Equal records follow each other: they have the same time.
    """

    __slots__ = ("_seen", "_time_us")

    def __init__(self) -> None:
        self._time_us = -1
        self._seen: dict[object, int] = {}

    def next(self, time_us: int, identity: object) -> int:
        """0 for the first record of its kind, 1 for one that equals it, and so on."""
        if time_us != self._time_us:
            self._time_us = time_us
            self._seen = {identity: 0}
            return 0
        ordinal = self._seen.get(identity, -1) + 1
        self._seen[identity] = ordinal
        return ordinal


def events(
    data: bytes,
    machine: str,
    origin: Origin = Origin.WTMP,
    *,
    ordinals: Ordinals | None = None,
    layout: Layout | None = None,
    boot_id: str = "",
    standing: Standing = Standing.LIVE,
    seen_us: int = 0,
    skew_us: int = 0,
) -> list[Event]:
    """Read records of ``origin`` (wtmp or btmp), which begin at the start of ``data``, in their order.

    ``ordinals`` goes from piece to piece of one file. Bytes behind the last whole record are left
    out; so is a record that says nothing or whose time is none.
    """
    ordinals = Ordinals() if ordinals is None else ordinals
    layout = layout_of(data) if layout is None else layout
    read = _failed_logins if origin is Origin.BTMP else _happenings
    found: list[Event] = []
    for kind, time_us, user, tty, source, pid, detail in read(layout.records(data)):
        ordinal = ordinals.next(time_us, (kind, user, tty, source))
        raw = None
        if user[1] is not None or tty[1] is not None or source[1] is not None:
            raw = RawText(user[1], tty[1], source[1])
        found.append(
            Event(
                machine=machine,
                kind=kind,
                time_us=time_us,
                user=user[0],
                tty=tty[0],
                source=source[0],
                origin=origin,
                login_pid=pid,
                boot_id=boot_id,
                ordinal=ordinal,
                detail=detail,
                raw=raw,
                standing=standing,
                seen_us=seen_us,
                skew_us=skew_us,
            )
        )
    return found


def live_reports(
    data: bytes,
    machine: str,
    terminals: Collection[str],
    *,
    layout: Layout | None = None,
    boot_id: str = "",
    seen_us: int = 0,
    skew_us: int = 0,
) -> list[Event]:
    """Read a whole utmp file into one login for each session that is open.

    ``terminals`` are those that exist now (``pts/0``): a record of a pseudo-terminal that does not
    is a leftover of a program that ended without a word.
    """
    layout = layout_of(data) if layout is None else layout
    reports: list[Event] = []
    for fields in layout.records(data):
        kind, pid, line, name, host, seconds, microseconds, address = fields
        time_us = seconds * 1_000_000 + microseconds
        if kind != USER_PROCESS or not 0 <= time_us <= _LATEST_US:
            continue
        user, tty, source = received_field(name), received_field(line), _source(host, address)
        if not user[0] or not tty[0] or (tty[0].startswith("pts/") and tty[0] not in terminals):
            continue
        reports.append(
            Event(
                machine=machine,
                kind=EventKind.LOGIN,
                time_us=time_us,
                user=user[0],
                tty=tty[0],
                source=source[0],
                origin=Origin.UTMP,
                login_pid=max(pid, 0),
                boot_id=boot_id,
                raw=raw_text(user[1], tty[1], source[1]),
                seen_us=seen_us,
                skew_us=skew_us,
            )
        )
    return reports


Happening = tuple[EventKind, int, Received, Received, Received, int, str]
"""Kind, time in µs, user, tty, source, pid, detail."""


def _happenings(records: Iterator[RecordFields]) -> Iterator[Happening]:
    """What wtmp records tell, without those that tell nothing."""
    for kind, pid, line, name, host, seconds, microseconds, address in records:
        time_us = seconds * 1_000_000 + microseconds
        if not 0 < time_us <= _LATEST_US:
            continue
        retyped = _retyped(kind, line, name)
        pid = max(pid, 0)
        if retyped == USER_PROCESS:
            yield (
                EventKind.LOGIN,
                time_us,
                received_field(name),
                received_field(line),
                _source(host, address),
                pid,
                "",
            )
        elif retyped == DEAD_PROCESS:
            if line[0]:
                yield EventKind.LOGOUT, time_us, received_field(name), received_field(line), _NOTHING, pid, ""
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
    if line[:1] == b"~":
        for word, meant in ((b"shutdown", SHUTDOWN_TIME), (b"reboot", BOOT_TIME), (b"runlevel", RUN_LEVEL)):
            if name.startswith(word):
                return meant
        return kind
    if name.startswith(b"date") and line[:1] in (b"|", b"{"):
        return OLD_TIME if line[:1] == b"|" else NEW_TIME
    if not name[0]:
        return DEAD_PROCESS
    if kind != DEAD_PROCESS and line[0] and not name.startswith(b"LOGIN"):
        return USER_PROCESS
    return kind


def _failed_logins(records: Iterator[RecordFields]) -> Iterator[Happening]:
    """What btmp records tell: sshd writes them as LOGIN_PROCESS, others as USER_PROCESS."""
    for kind, pid, line, name, host, seconds, microseconds, address in records:
        time_us = seconds * 1_000_000 + microseconds
        if kind not in (LOGIN_PROCESS, USER_PROCESS) or not 0 < time_us <= _LATEST_US:
            continue
        user, tty, source = received_field(name), received_field(line), _source(host, address)
        yield EventKind.FAILED_LOGIN, time_us, user, tty, source, max(pid, 0), ""


def _source(host: bytes, address: bytes) -> Received:
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

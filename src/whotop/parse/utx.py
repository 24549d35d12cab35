"""FreeBSD's login records: utx.log (what has happened) and utx.active (who is there).

A record is ``struct futx`` of lib/libc/gen/utxdb.h: packed, big-endian, 197 bytes. utx.active holds
them whole; in utx.log each is cut behind its last byte that is not zero, and its length in 16 bits
stands before it. A logout names no terminal: it is found by the id that the login had.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import msgspec

from whotop.clock import SECOND_US
from whotop.model import Event, EventKind, Origin, Standing
from whotop.parse.received import raw_text, received, received_field
from whotop.parse.utmp import Ordinals

BOOT_TIME, OLD_TIME, NEW_TIME, USER_PROCESS, DEAD_PROCESS, SHUTDOWN_TIME = 1, 2, 3, 4, 7, 8
TYPES = range(9)

_RECORD = struct.Struct(">BQ8sI32s16s128s")
_LENGTH = struct.Struct(">H")
_LATEST_US = 2**53
_EARLIEST_US = 315_532_800 * SECOND_US
"""1980: FreeBSD has had these files since 2010."""
_LARGEST_PID = 2**31 - 1
_KINDS = {
    BOOT_TIME: EventKind.BOOT,
    OLD_TIME: EventKind.CLOCK_CHANGE,
    NEW_TIME: EventKind.CLOCK_CHANGE,
    USER_PROCESS: EventKind.LOGIN,
    DEAD_PROCESS: EventKind.LOGOUT,
    SHUTDOWN_TIME: EventKind.SHUTDOWN,
}
_DETAILS = {OLD_TIME: "old time", NEW_TIME: "new time"}


class Record(msgspec.Struct, frozen=True):
    """One record."""

    type: int
    time_us: int
    id: bytes
    pid: int
    user: bytes
    line: bytes
    host: bytes

    @property
    def is_plausible(self) -> bool:
        """Whether it can be one at all."""
        return self.type in TYPES and (not self.type or _EARLIEST_US < self.time_us <= _LATEST_US)


def log_records(data: bytes) -> Iterator[Record]:
    """The records of utx.log, up to the first whose length is none or that is not whole."""
    place = 0
    while place + _LENGTH.size <= len(data):
        (length,) = _LENGTH.unpack_from(data, place)
        place += _LENGTH.size
        if not 0 < length <= _RECORD.size or place + length > len(data):
            return
        yield Record(*_RECORD.unpack(data[place : place + length].ljust(_RECORD.size, b"\0")))
        place += length


def active_records(data: bytes) -> Iterator[Record]:
    """The records of utx.active."""
    whole = len(data) - len(data) % _RECORD.size
    for fields in _RECORD.iter_unpack(data[:whole]):
        yield Record(*fields)


def is_log(data: bytes) -> bool:
    """Whether a file that begins so is utx.log."""
    beginning = [record for record, _ in zip(log_records(data), range(8), strict=False)]
    return bool(beginning) and all(record.type and record.is_plausible for record in beginning)


def is_active(data: bytes) -> bool:
    """Whether a file that begins so is utx.active."""
    beginning = list(active_records(data[: 8 * _RECORD.size]))
    return any(record.type for record in beginning) and all(record.is_plausible for record in beginning)


def events(
    data: bytes,
    machine: str,
    *,
    boot_id: str = "",
    standing: Standing = Standing.HISTORY,
    seen_us: int = 0,
    skew_us: int = 0,
) -> list[Event]:
    """Read the whole of utx.log, in its order; a record that says nothing is left out."""
    logins: dict[bytes, Record] = {}
    ordinals = Ordinals()
    found: list[Event] = []
    for record in log_records(data):
        kind = _KINDS.get(record.type)
        if kind is None or not 0 < record.time_us <= _LATEST_US:
            continue
        login = record
        if kind is EventKind.LOGIN:
            logins[record.id] = record
        elif kind is EventKind.LOGOUT:
            login = logins.pop(record.id, record)
        elif kind in (EventKind.BOOT, EventKind.SHUTDOWN):
            logins.clear()
        told = _event(kind, record, login, machine, Origin.WTMP)
        ordinal = ordinals.next(told.time_us, (kind, told.user, told.tty, told.source))
        found.append(
            msgspec.structs.replace(
                told, ordinal=ordinal, boot_id=boot_id, standing=standing, seen_us=seen_us, skew_us=skew_us
            )
        )
    return found


def live_reports(data: bytes, machine: str, *, boot_id: str = "", seen_us: int = 0, skew_us: int = 0) -> list[Event]:
    """Read the whole of utx.active into one login for each session that is open."""
    return [
        msgspec.structs.replace(
            _event(EventKind.LOGIN, record, record, machine, Origin.UTMP),
            boot_id=boot_id,
            seen_us=seen_us,
            skew_us=skew_us,
        )
        for record in active_records(data)
        if record.type == USER_PROCESS and 0 < record.time_us <= _LATEST_US and record.user[0] and record.line[0]
    ]


def _event(kind: EventKind, record: Record, login: Record, machine: str, origin: Origin) -> Event:
    user, raw_user = received_field(login.user)
    tty, raw_tty = received_field(login.line)
    source, raw_source = received_field(login.host) if kind is EventKind.LOGIN else received(b"")
    return Event(
        machine=machine,
        kind=kind,
        time_us=record.time_us,
        user=user,
        tty=tty,
        source=source,
        origin=origin,
        login_pid=record.pid if record.pid <= _LARGEST_PID else 0,
        detail=_DETAILS.get(record.type, ""),
        raw=raw_text(raw_user, raw_tty, raw_source),
    )

"""Rows of wtmpdb into events. Each row comes as a line of JSON (docs/protocol.md).

    [12,3,"alice",1763770000000000,null,"pts/0","192.0.2.7","sshd"]
    [12,3,"alice",1763770000000000,1763770060000000,"pts/0","192.0.2.7","sshd",true]

The columns are those of wtmpdb, lib/sqlite.c: ID, Type, User, Login, Logout (both in µs UTC), TTY,
RemoteHost, Service. A row is a whole session, or a whole boot; one that was open comes again when it
has ended, with ``true`` behind it. Its number is no part of an event: rotation numbers rows anew.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from whotop.model import Event, EventKind, Origin, Outcome, Standing
from whotop.parse.received import Received, raw_text, received

BOOT_TIME, USER_PROCESS = 1, 3
"""wtmpdb's own numbers (include/wtmpdb.h), which are not those of utmp."""
LATEST_US = 2**53
LINE_BYTES = 65_536
BOOTS_KEPT = 64

_NOTHING: Received = ("", None)
_NO_BYTE = re.compile("[\ud800-\udc7f\udd00-\udfff]")
"""Surrogates that stand for no byte: nothing but malice sends them."""


class Row(NamedTuple):
    """One row, as the database has it."""

    number: int
    kind: int
    user: bytes
    login_us: int
    logout_us: int | None
    tty: bytes
    host: bytes
    service: bytes
    was_told: bool = False
    """It has come before, without its logout."""


class Boots:
    """The boots that have ended, so that a session which was left open then is known to be over.

    Rows come by their numbers, so a boot's own row, with its shutdown, comes before the sessions of
    that boot. One of these goes from piece to piece of one table.
    """

    __slots__ = ("_ended",)

    def __init__(self) -> None:
        self._ended: dict[int, Row] = {}

    def add(self, boot: Row) -> None:
        """Take note of a boot that has been shut down."""
        self._ended[boot.login_us] = boot
        if len(self._ended) > BOOTS_KEPT:
            del self._ended[next(iter(self._ended))]

    def that_held(self, session: Row) -> Row | None:
        """The boot in which a session began, if it has been shut down."""
        for boot in reversed(self._ended.values()):
            if boot.logout_us is not None and boot.login_us <= session.login_us <= boot.logout_us:
                return boot
        return None


def events(
    data: bytes,
    machine: str,
    *,
    boots: Boots | None = None,
    standing: Standing = Standing.LIVE,
    seen_us: int = 0,
    skew_us: int = 0,
) -> list[Event]:
    """Read whole lines of ``data`` into events, ordered by time.

    What is no row, or tells of nothing, is left out. ``boots`` goes from piece to piece.
    """
    return row_events(rows(data), machine, boots=boots, standing=standing, seen_us=seen_us, skew_us=skew_us)


def row_events(
    found: Iterable[Row],
    machine: str,
    *,
    boots: Boots | None = None,
    standing: Standing = Standing.LIVE,
    seen_us: int = 0,
    skew_us: int = 0,
) -> list[Event]:
    """The same for rows that have been read already."""
    boots = Boots() if boots is None else boots
    told: list[Event] = []
    for row in found:
        told += (_event(row, machine, happening, standing, seen_us, skew_us) for happening in _happenings(row, boots))
    told.sort(key=_time_us)
    return told


def rows(data: bytes) -> Iterator[Row]:
    """The rows in lines of JSON; a line that holds none is left out."""
    for line in data.split(b"\n"):
        row = _row(line) if line else None
        if row is not None:
            yield row


def _row(line: bytes) -> Row | None:
    if len(line) > LINE_BYTES:
        return None
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return row_of(values[:8], was_told=values[8:] == [True]) if isinstance(values, list) else None


def row_of(values: Sequence[object], *, was_told: bool = False) -> Row | None:
    """A row from its eight values; None unless it can be one. A logout of 0 is none: the row is open."""
    if len(values) != 8:
        return None
    number, kind, user, login, logout, tty, host, service = values
    if type(number) is not int or type(kind) is not int or type(login) is not int or not 0 < login <= LATEST_US:
        return None
    logout_us = logout if type(logout) is int and 0 < logout <= LATEST_US else None
    return Row(
        number,
        kind,
        database_bytes(user),
        login,
        logout_us,
        database_bytes(tty),
        database_bytes(host),
        database_bytes(service),
        was_told,
    )


def database_bytes(text: object) -> bytes:
    """A text as it is in the database: a byte that is no UTF-8 there comes as a lone surrogate (PEP 383)."""
    if not isinstance(text, str):
        return b""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return _NO_BYTE.sub("\ufffd", text).encode("utf-8", "surrogateescape")


Happening = tuple[EventKind, int, Outcome | None]


def _happenings(row: Row, boots: Boots) -> Iterator[Happening]:
    """What a row tells: what, when, and how a session ended where that is no logout."""
    begun, ended = (
        (EventKind.BOOT, EventKind.SHUTDOWN) if row.kind == BOOT_TIME else (EventKind.LOGIN, EventKind.LOGOUT)
    )
    if row.kind != BOOT_TIME and (row.kind != USER_PROCESS or not row.user):
        return
    if not row.was_told:
        yield begun, row.login_us, None
    if row.logout_us is not None:
        if row.kind == BOOT_TIME:
            boots.add(row)
        yield ended, row.logout_us, None
    elif row.kind == USER_PROCESS:
        boot = boots.that_held(row)
        if boot is not None and boot.logout_us is not None:
            yield ended, boot.logout_us, Outcome.SHUTDOWN


def _event(row: Row, machine: str, happening: Happening, standing: Standing, seen_us: int, skew_us: int) -> Event:
    kind, time_us, outcome = happening
    if kind is EventKind.BOOT or kind is EventKind.SHUTDOWN:
        return Event(
            machine=machine,
            kind=kind,
            time_us=time_us,
            origin=Origin.WTMPDB,
            detail=received(row.host)[0],
            standing=standing,
            seen_us=seen_us,
            skew_us=skew_us,
        )
    user, tty, source = received(row.user), received(terminal_of(row.tty)), received(host_of(row.host))
    return Event(
        machine=machine,
        kind=kind,
        time_us=time_us,
        user=user[0],
        tty=tty[0],
        source=source[0],
        origin=Origin.WTMPDB,
        service=received(row.service)[0],
        raw=raw_text(user[1], tty[1], source[1]),
        duration_us=time_us - row.login_us if kind is EventKind.LOGOUT else None,
        outcome=outcome,
        standing=standing,
        seen_us=seen_us,
        skew_us=skew_us,
    )


def terminal_of(tty: bytes) -> bytes:
    """The terminal; ``ssh`` is what sshd tells PAM while there is none yet (auth-pam.c)."""
    return b"" if tty == b"ssh" else tty.removeprefix(b"/dev/")


def host_of(host: bytes) -> bytes:
    """Where it came from; a host that begins with a colon is an X display of the machine itself."""
    return b"" if host.startswith(b":") else host


def _time_us(event: Event) -> int:
    return event.time_us

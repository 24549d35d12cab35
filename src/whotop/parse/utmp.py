"""Login records (wtmp, btmp) into events, and the live list (utmp) into open sessions."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from whotop.model import Event, EventKind, Origin, Standing
from whotop.parse.received import raw_text, received_field
from whotop.parse.utmp_layout import Layout, RecordFields, layout_of
from whotop.parse.utmp_meaning import LATEST_US, USER_PROCESS, failed_logins, happenings, source_of


class Ordinals:
    """Counts records that are equal in all that identifies them, across the pieces of one file.

    Equal records follow each other: they have the same time. Each connection begins with new ones,
    because it sends again what was not acknowledged.
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
    layout = layout_of(data) if layout is None else layout
    return events_of(
        layout.records(data),
        machine,
        origin,
        Ordinals() if ordinals is None else ordinals,
        boot_id=boot_id,
        standing=standing,
        seen_us=seen_us,
        skew_us=skew_us,
    )


def events_of(
    records: Iterator[RecordFields],
    machine: str,
    origin: Origin,
    ordinals: Ordinals,
    *,
    boot_id: str = "",
    standing: Standing = Standing.LIVE,
    seen_us: int = 0,
    skew_us: int = 0,
) -> list[Event]:
    """The same of records that are taken apart."""
    read = failed_logins if origin is Origin.BTMP else happenings
    found: list[Event] = []
    for kind, time_us, user, tty, source, pid, detail in read(records):
        ordinal = ordinals.next(time_us, (kind, user, tty, source))
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
                raw=raw_text(user[1], tty[1], source[1]),
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
        if kind != USER_PROCESS or not 0 <= time_us <= LATEST_US:
            continue
        user, tty, source = received_field(name), received_field(line), source_of(host, address)
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

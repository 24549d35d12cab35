"""Readers: what the records of each origin tell, one reader for each origin of a machine.

A reader lasts as long as the connection: it remembers across pieces what one piece alone does not
say. The next connection begins with a new one, because it sends again what was not acknowledged.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from whotop.model import Event, Origin, OriginStatus, Readability, Standing
from whotop.parse import utmp, wtmpdb
from whotop.text import safe
from whotop.wire.messages import OriginReport, Records

_ORIGINS = {origin.value: origin for origin in Origin}
_READABILITIES = {readability.value: readability for readability in Readability}


def origin_named(name: str) -> Origin | None:
    """The origin that the protocol calls so."""
    return _ORIGINS.get(name)


class Moment:
    """What surrounds a piece of records: how it came, when, and what the machine's clock is worth."""

    __slots__ = ("boot_id", "seen_us", "skew_us", "standing")

    def __init__(self, standing: Standing, seen_us: int, skew_us: int, boot_id: str) -> None:
        self.standing, self.seen_us, self.skew_us, self.boot_id = standing, seen_us, skew_us, boot_id


class Reader(Protocol):
    """Reads one origin of one machine, piece by piece."""

    def events(self, records: Records, moment: Moment) -> list[Event]:
        """The events of a piece, in its order."""
        ...


class RecordReader:
    """Reads wtmp and btmp."""

    def __init__(self, machine: str, origin: Origin) -> None:
        self._machine, self._origin = machine, origin
        self._ordinals = utmp.Ordinals()

    def events(self, records: Records, moment: Moment) -> list[Event]:
        """The events of a piece, in its order."""
        return utmp.events(
            records.data,
            self._machine,
            self._origin,
            ordinals=self._ordinals,
            standing=moment.standing,
            seen_us=moment.seen_us,
            skew_us=moment.skew_us,
        )


class TableReader:
    """Reads the rows of wtmpdb."""

    def __init__(self, machine: str, origin: Origin) -> None:
        self._machine, self._boots = machine, wtmpdb.Boots()

    def events(self, records: Records, moment: Moment) -> list[Event]:
        """The events of a piece, in the order of their times."""
        return wtmpdb.events(
            records.data,
            self._machine,
            boots=self._boots,
            standing=moment.standing,
            seen_us=moment.seen_us,
            skew_us=moment.skew_us,
        )


_READERS: dict[Origin, Callable[[str, Origin], Reader]] = {
    Origin.WTMP: RecordReader,
    Origin.BTMP: RecordReader,
    Origin.WTMPDB: TableReader,
}


def reader_of(machine: str, origin: Origin) -> Reader | None:
    """A new reader; None for an origin that has no records."""
    make = _READERS.get(origin)
    return None if make is None else make(machine, origin)


def readability_of(report: OriginReport) -> Readability:
    """What the probe found out about an origin."""
    return _READABILITIES.get(report.state, Readability.UNREADABLE)


def origin_status(report: OriginReport, origin: Origin, *, used: bool) -> OriginStatus:
    """One origin as the machine's screen shows it."""
    readability = readability_of(report)
    mend = ""
    if readability is Readability.UNREADABLE and report.group:
        mend = f"group {safe(report.group, 32)}"
    return OriginStatus(origin=origin, path=safe(report.path), readability=readability, mend=mend, used=used)

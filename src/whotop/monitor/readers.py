"""Readers: what the records of each origin tell, one reader for each origin of a machine.

A reader lasts as long as the connection: it remembers across pieces what one piece alone does not
say. The next connection begins with a new one, because it sends again what was not acknowledged.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from whotop.model import Event, Origin, Standing
from whotop.parse import journal, lastlog, utmp, wtmpdb
from whotop.parse.auth_log import AuthLog
from whotop.parse.log_line import LogLine
from whotop.parse.login_log import LoginLog
from whotop.parse.utmp_erased import ErasedRecords
from whotop.parse.utmp_layout import is_corrupt
from whotop.parse.windows_events import WindowsEvents
from whotop.parse.zone import zone_of
from whotop.wire.messages import Hello, Records


class Moment(NamedTuple):
    """What surrounds a piece of records: how it came, when we saw it, and what the machine's clock is worth."""

    standing: Standing
    seen_us: int
    skew_us: int


def standing_of(records: Records) -> Standing:
    """How news the records of a piece are."""
    if records.first_contact:
        return Standing.HISTORY
    return Standing.LATE if records.backlog else Standing.LIVE


class Reader(Protocol):
    """Reads one origin of one machine, piece by piece."""

    def events(self, records: Records, moment: Moment) -> list[Event]:
        """The events of a piece, in its order."""
        ...

    def settled(self, clock_us: int, moment: Moment) -> list[Event]:
        """The events that nothing more will be heard of by now, by the machine's clock."""
        ...

    @property
    def unsettled_since_us(self) -> int | None:
        """From when on records must be read again to understand those to come; None: from none."""
        ...

    @property
    def erased_count(self) -> int:
        """How many records the last piece showed to have been erased."""
        ...

    @property
    def is_corrupt(self) -> bool:
        """Whether the last piece makes no sense as records."""
        ...

    @property
    def newest_us(self) -> int:
        """When the last record was written, by the machine's clock; 0 where that settles nothing."""
        ...


class _Plain:
    """What each record means it means by itself, or by what the reader keeps for the connection."""

    unsettled_since_us = None
    newest_us = erased_count = 0
    is_corrupt = False

    def settled(self, clock_us: int, moment: Moment) -> list[Event]:
        return []


class RecordReader(_Plain):
    """Reads wtmp or btmp."""

    def __init__(self, machine: str, origin: Origin) -> None:
        self._machine, self._origin = machine, origin
        self._ordinals = utmp.Ordinals()
        self._erased = ErasedRecords()
        self.erased_count = 0
        self.is_corrupt = False

    def events(self, records: Records, moment: Moment) -> list[Event]:
        """The events of a piece, in its order."""
        self.erased_count = self._erased.count(records.data)
        self.is_corrupt = is_corrupt(records.data)
        return utmp.events(records.data, self._machine, self._origin, ordinals=self._ordinals, **moment._asdict())


class TableReader(_Plain):
    """Reads the rows of wtmpdb."""

    def __init__(self, machine: str) -> None:
        self._machine, self._boots = machine, wtmpdb.Boots()

    def events(self, records: Records, moment: Moment) -> list[Event]:
        """The events of a piece, in the order of their times."""
        return wtmpdb.events(records.data, self._machine, boots=self._boots, **moment._asdict())


class LastLoginReader(_Plain):
    """Reads lastlog and lastlog2."""

    def __init__(self, machine: str) -> None:
        self._machine = machine

    def events(self, records: Records, moment: Moment) -> list[Event]:
        """One login for each user that it names."""
        return lastlog.events(records.data, self._machine, **moment._asdict())


class WindowsReader(_Plain):
    """Reads the Security and System logs of Windows."""

    def __init__(self, machine: str) -> None:
        self._log = WindowsEvents(machine)

    def events(self, records: Records, moment: Moment) -> list[Event]:
        """The events of a piece, in its order."""
        return self._log.lines(records.data, **moment._asdict())


class _LogReader:
    """Reads lines that are understood together: some failures are told when nothing more was heard of them."""

    erased_count = 0
    is_corrupt = False

    def __init__(self, log: LoginLog) -> None:
        self.newest_us = 0
        self._log = log

    def _told(self, lines: list[LogLine], moment: Moment) -> list[Event]:
        if lines:
            self.newest_us = lines[-1].time_us
        return self._log.events(lines, **moment._asdict())

    def settled(self, clock_us: int, moment: Moment) -> list[Event]:
        return self._log.settle(clock_us, **moment._asdict())

    @property
    def unsettled_since_us(self) -> int | None:
        return self._log.unsettled_since_us


class TextLogReader(_LogReader):
    """Reads auth.log or secure, whose stamps may be in the machine's zone."""

    def __init__(self, machine: str, hello: Hello) -> None:
        super().__init__(LoginLog(machine, Origin.AUTH_LOG))
        self._text = AuthLog(zone_of(hello.zone), hello.hostname)

    def events(self, records: Records, moment: Moment) -> list[Event]:
        """The events of a piece, in its order."""
        return self._told(self._text.lines(records.data, records.clock_us), moment)


class JournalReader(_LogReader):
    """Reads the journal's entries."""

    def __init__(self, machine: str) -> None:
        super().__init__(LoginLog(machine, Origin.JOURNAL))

    def events(self, records: Records, moment: Moment) -> list[Event]:
        """The events of a piece, in its order."""
        return self._told(journal.lines(records.data.split(b"\n")), moment)


_READERS: dict[Origin, Callable[[str, Hello], Reader]] = {
    Origin.WTMP: lambda machine, hello: RecordReader(machine, Origin.WTMP),
    Origin.BTMP: lambda machine, hello: RecordReader(machine, Origin.BTMP),
    Origin.WTMPDB: lambda machine, hello: TableReader(machine),
    Origin.LASTLOG: lambda machine, hello: LastLoginReader(machine),
    Origin.JOURNAL: lambda machine, hello: JournalReader(machine),
    Origin.AUTH_LOG: TextLogReader,
    Origin.EVENT_LOG: lambda machine, hello: WindowsReader(machine),
}


def reader_of(machine: str, origin: Origin, hello: Hello) -> Reader | None:
    """A new reader; None for an origin that has no records."""
    make = _READERS.get(origin)
    return None if make is None else make(machine, hello)

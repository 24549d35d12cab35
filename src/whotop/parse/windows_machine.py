"""What a Windows machine writes down about itself: a start, a shutdown, a step of its clock, a cleared log.

Several records tell of one start: 12, 41, 6005, 6008 of the System log and 4608 of the Security log; of
one shutdown 13 and 6006, and 1100. 1074 only asks for a shutdown, which may yet be called off: it names
who asked, and counts by itself where the machine starts again with no other record between.
"""

from __future__ import annotations

from collections.abc import Callable

from whotop.model import Event, EventKind, Origin
from whotop.parse.received import raw_text, received
from whotop.parse.windows_event import SECURITY, WindowsEvent, time_us

ONE_START_US = 180_000_000
"""Records within so long tell of one start, or one shutdown."""
ASKED_FOR_US = 3_600_000_000
SMALLEST_STEP_US = 1_000_000
"""Time services write down each of their touches; less than this is none to tell of."""
_AUDITING = "Microsoft-Windows-Security-Auditing"
_EVENTLOG = "Microsoft-Windows-Eventlog"
_KERNEL = "Microsoft-Windows-Kernel-General"


class MachineLog:
    """Remembers the last start and shutdown, so that each is told once."""

    def __init__(self, machine: str) -> None:
        self._machine = machine
        self._started_us = self._stopped_us = 0
        self._asked: WindowsEvent | None = None
        self._meanings: dict[tuple[str, int], Callable[[WindowsEvent], list[Event]]] = {
            (_AUDITING, 4608): self._start,
            (_KERNEL, 12): self._start,
            ("EventLog", 6005): self._start,
            ("EventLog", 6008): self._unexpected_start,
            ("Microsoft-Windows-Kernel-Power", 41): self._unexpected_start,
            (_EVENTLOG, 1100): self._stop,
            (_KERNEL, 13): self._stop,
            ("EventLog", 6006): self._stop,
            ("User32", 1074): self._ask,
            (_AUDITING, 4616): self._clock,
            (_KERNEL, 1): self._clock,
            (_EVENTLOG, 1102): self._cleared,
            (_EVENTLOG, 104): self._cleared,
        }
        self._by_id = {event_id: meaning for (_, event_id), meaning in self._meanings.items() if event_id > 999}

    def events(self, event: WindowsEvent) -> list[Event]:
        """What an event means for the machine; flat exports name no provider, and small numbers then mean nothing."""
        provider = "EventLog" if event.provider.lower() == "eventlog" else event.provider
        named = provider not in ("", SECURITY)
        meaning = self._meanings.get((provider, event.id)) if named else self._by_id.get(event.id)
        return [] if meaning is None else meaning(event)

    def _start(self, event: WindowsEvent, detail: str = "") -> list[Event]:
        found: list[Event] = []
        asked = self._asked
        if asked is not None and 0 <= event.time_us - asked.time_us <= ASKED_FOR_US:
            found = self._stop(asked)
        self._asked = None
        is_same = abs(event.time_us - self._started_us) <= ONE_START_US and self._stopped_us <= self._started_us
        if is_same:
            return found
        self._started_us = event.time_us
        return [*found, self._event(event, EventKind.BOOT, detail=detail)]

    def _unexpected_start(self, event: WindowsEvent) -> list[Event]:
        return self._start(event, "after an unexpected shutdown")

    def _stop(self, event: WindowsEvent) -> list[Event]:
        is_same = abs(event.time_us - self._stopped_us) <= ONE_START_US and self._started_us <= self._stopped_us
        asked, self._asked = self._asked, None
        if is_same:
            return []
        self._stopped_us = event.time_us
        who = _who_asked(asked)
        return [self._event(event, EventKind.SHUTDOWN, user=who, detail=f"asked for by {who}" if who else "")]

    def _ask(self, event: WindowsEvent) -> list[Event]:
        self._asked = event
        return []

    def _clock(self, event: WindowsEvent) -> list[Event]:
        before = time_us(event.value("PreviousTime") or event.value("OldTime"))
        after = time_us(event.value("NewTime"))
        if before and after and abs(after - before) < SMALLEST_STEP_US:
            return []
        step = f"by {(after - before) / 1_000_000:+.0f} s" if before and after else ""
        return [self._event(event, EventKind.CLOCK_CHANGE, user=event.value("SubjectUserName"), detail=step)]

    def _cleared(self, event: WindowsEvent) -> list[Event]:
        log = SECURITY if event.id == 1102 else received(event.value("Channel").encode("utf-8", "surrogatepass"))[0]
        detail = f"{log or 'System'} log"
        return [self._event(event, EventKind.LOG_CLEARED, user=event.value("SubjectUserName"), detail=detail)]

    def _event(self, event: WindowsEvent, kind: EventKind, *, user: str = "", detail: str = "") -> Event:
        name, raw = received(user.encode("utf-8", "surrogatepass"))
        return Event(
            machine=self._machine,
            kind=kind,
            time_us=event.time_us,
            user=name,
            origin=Origin.EVENT_LOG,
            record_id=event.record_id,
            detail=detail,
            raw=raw_text(raw, None, None),
        )


def _who_asked(asked: WindowsEvent | None) -> str:
    r"""The seventh value of 1074: ``DOMAIN\user``."""
    if asked is None:
        return ""
    who = asked.value("param7") or asked.value("7")
    return who.rpartition("\\")[2]

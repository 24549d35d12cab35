"""Logs of Windows as files: ``.evtx`` as the system keeps them, and what was exported from them.

``.evtx`` is read by the library evtx, an extra (``pip install 'whotop[evtx]'``), which is written in
Rust; its records go to the same parser as those of a live machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol, cast

import msgspec

from whotop.errors import InputError
from whotop.model import Event, Standing
from whotop.parse.windows_event import WindowsEvent
from whotop.parse.windows_event_json import json_event
from whotop.parse.windows_events import WindowsEvents
from whotop.parse.windows_export import exported_events

EVTX_MAGIC = b"ElfFile\0"
BROKEN_RECORDS = 10_000
"""After so many records that cannot be read, the rest is not tried."""

_decode = msgspec.json.Decoder().decode


class WindowsLog(msgspec.Struct, frozen=True):
    """What a file holds."""

    events: list[Event]
    """In the order of their times; each machine is the computer that its event names."""
    records: int
    """How many records were read; most say nothing of logins."""
    broken: int
    """How many could not be read."""


class RecordReader(Protocol):
    """What of the library is used."""

    def records_json(self) -> Iterator[dict[str, object]]:
        """Each record with its ``data`` as JSON; raises RuntimeError for a broken one, and goes on."""
        ...


def is_evtx(beginning: bytes) -> bool:
    """Whether a file that begins so is a log as Windows keeps it."""
    return beginning.startswith(EVTX_MAGIC)


def windows_log(path: Path) -> WindowsLog:
    """Read a file, ``.evtx`` or exported XML or JSON. Raises InputError, with its name, if it cannot be read."""
    try:
        with path.open("rb") as file:
            beginning = file.read(len(EVTX_MAGIC))
            if not is_evtx(beginning):
                return export_log(beginning + file.read())
    except OSError as error:
        raise InputError(error.strerror or str(error), file=str(path)) from error
    return read_records(_evtx(path))


def export_log(content: bytes) -> WindowsLog:
    """Read what was exported from a log, as ``windows_export`` knows it."""
    return _log(exported_events(content), 0)


def read_records(reader: RecordReader) -> WindowsLog:
    """Read what the library reads."""
    found: list[WindowsEvent] = []
    broken = 0
    records = reader.records_json()
    while broken < BROKEN_RECORDS:
        try:
            event = json_event(_decode(str(next(records)["data"])))
        except StopIteration:
            break
        except (RuntimeError, KeyError, msgspec.DecodeError, RecursionError):
            broken += 1
            continue
        if event is not None:
            found.append(event)
    return _log(found, broken)


def _log(found: Iterable[WindowsEvent], broken: int) -> WindowsLog:
    """Exports begin with the newest record as often as with the oldest."""
    in_order = sorted(found, key=lambda event: (event.time_us, event.record))
    events = [msgspec.structs.replace(event, standing=Standing.HISTORY) for event in WindowsEvents().events(in_order)]
    return WindowsLog(events, len(in_order), broken)


def _evtx(path: Path) -> RecordReader:
    try:
        # 1.5 MB that nobody needs who reads no such file, and an extra.
        from evtx import PyEvtxParser
    except ImportError:
        raise InputError("a log of Windows; reading it needs: pip install 'whotop[evtx]'", file=str(path)) from None
    try:
        return cast("RecordReader", PyEvtxParser(str(path)))
    except (OSError, RuntimeError) as error:
        raise InputError(f"no log of Windows that can be read: {error}", file=str(path)) from error

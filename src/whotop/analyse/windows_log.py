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

FAULTS = 10_000
"""After so many, the rest is not tried."""
HEADER_BYTES, CHUNK_BYTES = 4096, 65_536
"""Of an ``.evtx`` (libevtx, "Windows XML Event Log (EVTX) format", 2)."""

_decode = msgspec.json.Decoder().decode


class WindowsLog(msgspec.Struct, frozen=True):
    """What a file holds."""

    events: list[Event]
    """In the order of their times; each machine is the computer that its event names."""
    records: int
    """How many records were read; most say nothing of logins."""
    faults: list[str]
    """Of each record, or chunk of them, that could not be read, why; and that the file is cut off, if it is."""


class RecordReader(Protocol):
    """What of the library is used."""

    def records_json(self) -> Iterator[dict[str, object]]:
        """Each record with its ``data`` as JSON; raises RuntimeError for a broken one, and goes on."""
        ...


def windows_log(path: Path) -> WindowsLog:
    """Read an ``.evtx``. Raises InputError, with its name, if it cannot be read at all."""
    log = read_records(_evtx(path))
    return msgspec.structs.replace(log, faults=log.faults + _cut_off(path))


def export_log(content: bytes) -> WindowsLog:
    """Read what was exported from a log, as ``windows_export`` knows it."""
    return _log(exported_events(content), [])


def read_records(reader: RecordReader) -> WindowsLog:
    """Read what the library reads."""
    found: list[WindowsEvent] = []
    faults: list[str] = []
    records = reader.records_json()
    while len(faults) < FAULTS:
        try:
            event = json_event(_decode(str(next(records)["data"])))
        except StopIteration:
            break
        except (RuntimeError, KeyError, msgspec.DecodeError, RecursionError) as error:
            faults.append(f"a record cannot be read: {error}")
            continue
        if event is not None:
            found.append(event)
    return _log(found, faults)


def _log(found: Iterable[WindowsEvent], faults: list[str]) -> WindowsLog:
    """Exports begin with the newest record as often as with the oldest."""
    in_order = sorted(found, key=lambda event: (event.time_us, event.record))
    events = [msgspec.structs.replace(event, standing=Standing.HISTORY) for event in WindowsEvents().events(in_order)]
    return WindowsLog(events, len(in_order), faults)


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


def _cut_off(path: Path) -> list[str]:
    """The library reads a file that ends early as if that were its end; the header counts the chunks."""
    try:
        size_bytes = path.stat().st_size
        with path.open("rb") as file:
            chunks = int.from_bytes(file.read(44)[42:], "little")
    except OSError as error:
        raise InputError(error.strerror or str(error), file=str(path)) from error
    held = max(size_bytes - HEADER_BYTES, 0) // CHUNK_BYTES
    return [f"it is cut off: of {chunks} chunks {held} are there"] if held < chunks else []

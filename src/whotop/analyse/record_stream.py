"""Files and folders of login records as one stream of events in the order of their times.

All of them are read before the first event is given: a file that is wrong is found before anything is done.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from whotop.analyse.login_logs import LoginLogs
from whotop.analyse.ownership import STANDARD_INPUT
from whotop.analyse.record_files import LOG_KINDS, TABLE_KINDS, Reading, RecordFile
from whotop.analyse.record_folder import Series, files_of, in_series
from whotop.analyse.time_order import TimeOrder, merged
from whotop.errors import InputError
from whotop.model import Event
from whotop.parse.event_row import numbered
from whotop.parse.record_kind import RecordKind


def record_stream(paths: Iterable[str], reading: Reading, order: TimeOrder) -> Iterator[Event]:
    """The events of all files, each file's own order kept among equal times.

    Logs that name their machine are read first: they say whose the others in their folder are.
    Raises InputError for a file that cannot be read; one that was only found in a folder is told to
    the reading's ``pass_over`` instead, where it has one.
    """
    reader = _Reader(reading, order)
    sets = [reader.seen(files, found) for files, found in _sets(paths)]
    streams: dict[int, list[Iterator[Event]]] = {}
    for number in sorted(range(len(sets)), key=lambda number: not sets[number].are_logs):
        streams[number] = list(reader.sorted(sets[number]))
    return merged(stream for number in range(len(sets)) for stream in streams[number])


class _Set:
    """A series of one kind."""

    def __init__(self, files: Series, kinds: dict[str, RecordKind | None], *, found: bool) -> None:
        self.files, self.kinds, self.found = files, kinds, found
        self.are_logs = any(kind in LOG_KINDS for kind in kinds.values())


class _Reader:
    def __init__(self, reading: Reading, order: TimeOrder) -> None:
        self._reading, self._order = reading, order

    def seen(self, files: Series, found: bool) -> _Set:
        """Of which kind each file is; one in a folder that turns out to be none of ours is left out."""
        kinds: dict[str, RecordKind | None] = {}
        for path in files:
            if path == STANDARD_INPUT or Path(path).is_fifo():
                kinds[path] = None  # what is looked at is gone
                continue
            try:
                kind = RecordFile(path, self._reading).kind()
            except InputError as error:
                self._failed(error, found)
                continue
            if not found or kind not in TABLE_KINDS | {RecordKind.WINDOWS_EXPORT}:
                kinds[path] = kind
        return _Set(list(kinds), kinds, found=found)

    def sorted(self, files: _Set) -> Iterator[Iterator[Event]]:
        """Each file of a series."""
        logs = LoginLogs() if files.are_logs else None
        for path in files.files:
            events = RecordFile(path, self._reading, logs).events()
            try:
                in_order = self._order.sorted(events)
            except InputError as error:
                self._failed(error, files.found)
                continue
            yield numbered(in_order) if files.kinds[path] in (None, *TABLE_KINDS) else in_order
        if logs is not None:
            yield self._order.sorted(logs.finish())

    def _failed(self, error: InputError, found: bool) -> None:
        if not found:
            raise error
        self._reading.leave_out(error)


def _sets(paths: Iterable[str]) -> Iterator[tuple[Series, bool]]:
    """Each series, and whether it was found in a folder rather than named."""
    named: list[str] = []
    for path in paths:
        if not path:
            raise InputError("the name of a file is empty")
        if path != STANDARD_INPUT and Path(path).is_dir():
            yield from ((series, True) for series in in_series(files_of(path)))
        else:
            named.append(path)
    yield from ((series, False) for series in in_series(named))

"""Events of files of any size in the order of their times, in bounded memory.

What does not fit is written to a temporary file in runs that are sorted, and merged from there.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from heapq import merge
from itertools import islice, pairwise
from operator import attrgetter
from types import TracebackType
from typing import IO

import msgspec

from whotop.errors import WhotopError
from whotop.model import Event

HELD = 100_000
"""Events held in memory over all files: about 60 MB."""
BLOCK = 500
"""Events that are written and read at once."""

_time_us = attrgetter("time_us")
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Event]).decode


@dataclass(frozen=True, slots=True)
class _Run:
    """Events in order: in memory, or in blocks of the temporary file (where each begins, and its length)."""

    first_us: int
    last_us: int
    events: list[Event]
    blocks: list[tuple[int, int]]


class TimeOrder:
    """Takes in file after file, then gives the events of all of them. A context manager."""

    def __init__(self, *, held: int = HELD) -> None:
        self._left = self._held = held
        self.count = 0
        """Events of all files."""
        self._stack = ExitStack()
        self._file: IO[bytes] | None = None

    def __enter__(self) -> TimeOrder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def sorted(self, events: Iterable[Event]) -> Iterator[Event]:
        """One file's events, equal times in its order. All of them are read before this returns."""
        runs: list[_Run] = []
        rest = iter(events)
        while found := list(islice(rest, self._held)):
            found.sort(key=_time_us)
            runs.append(self._run(found))
            del found  # or it stands in memory while as many more are read
        return self._in_order(runs)

    def _run(self, events: list[Event]) -> _Run:
        self.count += len(events)
        first_us, last_us = events[0].time_us, events[-1].time_us
        if len(events) <= self._left and len(events) < self._held:
            self._left -= len(events)
            return _Run(first_us, last_us, events, [])
        return _Run(first_us, last_us, [], [self._written(block) for block in _blocks(events)])

    def _written(self, block: list[Event]) -> tuple[int, int]:
        data = _encode(block)
        try:
            if self._file is None:
                # Not buffered: what has no room in the end would fail once more when the file is closed.
                spill = tempfile.TemporaryFile(prefix="whotop-", buffering=0)  # noqa: SIM115  the stack closes it
                self._file = self._stack.enter_context(spill)
            start = self._file.seek(0, 2)
            written = 0
            while written < len(data):
                written += self._file.write(data[written:])
        except OSError as error:
            place = tempfile.tempdir or "TMPDIR"  # None: no folder that can be written to was found
            raise WhotopError(f"{place}: no room to sort in: {error.strerror}") from error
        return start, len(data)

    def _in_order(self, runs: list[_Run]) -> Iterator[Event]:
        """Runs that follow each other, as those of nearly every log do, need no comparing."""
        if all(before.last_us <= after.first_us for before, after in pairwise(runs)):
            return (event for run in runs for event in self._events(run))
        return merge(*map(self._events, runs), key=_time_us)

    def _events(self, run: _Run) -> Iterator[Event]:
        yield from run.events
        run.events.clear()
        for start, length in run.blocks:
            assert self._file is not None
            self._file.seek(start)
            yield from _decode(self._file.read(length))


def merged(streams: Iterable[Iterator[Event]]) -> Iterator[Event]:
    """Several files as one; of equal times those of the first file come first."""
    return merge(*streams, key=_time_us)


def _blocks(events: list[Event]) -> Iterator[list[Event]]:
    return (events[start : start + BLOCK] for start in range(0, len(events), BLOCK))

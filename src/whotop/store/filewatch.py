"""Tells whether a database may have changed, without asking it: two ``stat`` calls instead of queries."""

from __future__ import annotations

from pathlib import Path

from whotop.clock import SECOND_US

SETTLED_US = SECOND_US // 10
"""File times are no finer than a few ms: a change within that time of the last one would not show."""


class DatabaseWatch:
    """Watches an SQLite file and its write-ahead log, from this computer."""

    def __init__(self, path: Path) -> None:
        self._paths = (path, path.with_name(path.name + "-wal"))
        self._seen: tuple[tuple[int, int], ...] = ()
        self._seen_us = 0

    def may_have_changed(self, now_us: int) -> bool:
        """Whether it may differ from what it was at the last call. Never wrongly false."""
        state = tuple(_state(path) for path in self._paths)
        newest_us = max(changed_ns for changed_ns, _ in state) // 1000
        settled = self._seen_us - newest_us > SETTLED_US
        is_same = state == self._seen and settled
        if not is_same:
            self._seen, self._seen_us = state, now_us
        return not is_same


def _state(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except FileNotFoundError:
        return 0, 0
    return status.st_mtime_ns, status.st_size

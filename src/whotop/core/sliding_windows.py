"""Sliding windows of logins: each longest run of a source's that fits into a span shorter than the size.

Runs may overlap: of logins at 0, 40 and 80 minutes an hour holds the first two, and the last two.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from whotop.core.windows import LOGINS_KEPT, LoginWindows, Series, WindowLogin, inserted, time_us

RUNS_COMPARED = 500
"""Of those that a late login is in; with more logins before it, the first run is long enough for any alert."""


class Track:
    """One source's logins by time, and how far runs of forgotten ones reached."""

    __slots__ = ("logins", "told_until_us")

    def __init__(self) -> None:
        self.logins: list[WindowLogin] = []
        self.told_until_us: int | None = None
        """A run of logins before this only is part of one that began with a login forgotten since."""


class SlidingWindows(LoginWindows):
    """A window may begin at any login."""

    def __init__(self, size_us: int, *, logins_kept: int = LOGINS_KEPT) -> None:
        super().__init__(size_us)
        self._tracks: dict[str, Track] = {}
        self._logins_kept = logins_kept
        self._logins_held = 0

    def add(self, source: str, user: str, machine: str, time_us: int, event_key: bytes) -> Series | None:
        """Count one login, and give the longest run that holds it."""
        if self._logins_held >= self._logins_kept:
            self._drop_oldest_quarter()
        login = WindowLogin(user, machine, time_us, event_key)
        self._logins_held += 1
        track = self._tracks.get(source)
        if track is None:
            track = self._tracks[source] = Track()
        logins = track.logins
        if not logins or time_us >= logins[-1].time_us:
            logins.append(login)
            first, end = self._first_with(logins, time_us), len(logins)
        else:
            logins = track.logins = inserted(logins, login)
            first, end = self._longest_with(logins, time_us)
        return _series(source, logins, first, end) if end - first > 1 else None

    def _first_with(self, logins: list[WindowLogin], moment_us: int) -> int:
        """The first login that is in one window with a moment."""
        return bisect_right(logins, moment_us - self.size_us, key=time_us)

    def _end_from(self, logins: list[WindowLogin], first: int) -> int:
        """Behind the last login that is in one window with the one at ``first``."""
        return bisect_left(logins, logins[first].time_us + self.size_us, lo=first, key=time_us)

    def _longest_with(self, logins: list[WindowLogin], moment_us: int) -> tuple[int, int]:
        """Of the runs that hold the login of a moment, the longest; the earliest of several."""
        first, last = self._first_with(logins, moment_us), bisect_left(logins, moment_us, key=time_us)
        firsts = range(first, min(last, first + RUNS_COMPARED) + 1)
        runs = [(first, self._end_from(logins, first)) for first in firsts]
        return max(runs, key=lambda run: run[1] - run[0])

    def series(self) -> Iterator[Series]:
        """All series held, by source and time."""
        for source, track in self._tracks.items():
            logins, end_before = track.logins, 0
            if track.told_until_us is not None:
                end_before = bisect_left(logins, track.told_until_us, key=time_us)
            for first in range(len(logins)):
                end = self._end_from(logins, first)
                if end > end_before and end - first > 1:
                    yield _series(source, logins, first, end)
                end_before = end

    def expire(self, before_us: int) -> None:
        """Forget the logins that are in no window with one at ``before_us``."""
        oldest_us = before_us - self.size_us
        for source, track in list(self._tracks.items()):
            if track.logins[0].time_us <= oldest_us:
                self._forget(source, track, oldest_us)

    def _drop_oldest_quarter(self) -> None:
        times_us = sorted(login.time_us for track in self._tracks.values() for login in track.logins)
        oldest_us = times_us[len(times_us) // 4]
        for source, track in list(self._tracks.items()):
            self._forget(source, track, oldest_us)

    def _forget(self, source: str, track: Track, until_us: int) -> None:
        """Let go of a source's logins up to and with this time."""
        first = bisect_right(track.logins, until_us, key=time_us)
        if first == 0:
            return
        self._logins_held -= first
        if first == len(track.logins):
            del self._tracks[source]
        else:
            track.told_until_us = track.logins[first - 1].time_us + self.size_us
            track.logins = track.logins[first:]


def _series(source: str, logins: list[WindowLogin], first: int, end: int) -> Series:
    return Series(source, logins[first].time_us, end - first, logins, first)

"""Beginnings: the sessions of one machine by when they began, to find those near a moment."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection


class Beginnings:
    """Keys of sessions in the order of their logins, equal times in the order in which they came.

    Logins come almost in order, so adding one is nearly always an append, and asking for what is
    near a login that is the newest by far is one comparison.
    """

    __slots__ = ("_keys", "_times_us", "latest_us")

    def __init__(self) -> None:
        self._times_us: list[int] = []
        self._keys: list[bytes] = []
        self.latest_us = -1
        """When the latest of all that were ever added began."""

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, time_us: int, key: bytes) -> None:
        """Take in a session that is not held yet."""
        if time_us >= self.latest_us:
            self.latest_us = time_us
            self._times_us.append(time_us)
            self._keys.append(key)
        else:
            place = bisect_right(self._times_us, time_us)
            self._times_us.insert(place, time_us)
            self._keys.insert(place, key)

    def near(self, time_us: int, tolerance_us: int, most: int) -> list[bytes]:
        """The keys of the sessions that began at most so long before or after: of ``most``, the latest."""
        start = bisect_left(self._times_us, time_us - tolerance_us)
        end = bisect_right(self._times_us, time_us + tolerance_us, start)
        return self._keys[max(start, end - most) : end]

    def drop(self, keys: Collection[bytes]) -> None:
        """Forget sessions."""
        held = [(time_us, key) for time_us, key in zip(self._times_us, self._keys, strict=True) if key not in keys]
        self._times_us = [time_us for time_us, _ in held]
        self._keys = [key for _, key in held]

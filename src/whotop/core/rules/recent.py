"""Who or what was seen lately: names, each with when it was last."""

from __future__ import annotations

from itertools import takewhile

KEPT = 256
"""When there are more names, the one that was seen longest ago is forgotten."""


class Recent:
    """Names in the order in which they were last seen."""

    __slots__ = ("_last_us",)

    def __init__(self) -> None:
        self._last_us: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._last_us)

    def see(self, name: str, time_us: int) -> None:
        """A name is seen."""
        before_us = self._last_us.pop(name, 0)
        self._last_us[name] = time_us if time_us > before_us else before_us
        if len(self._last_us) > KEPT:
            del self._last_us[next(iter(self._last_us))]

    def forget(self, name: str) -> None:
        """As if it had never been seen."""
        self._last_us.pop(name, None)

    def keep_since(self, time_us: int) -> int:
        """Forget those that were not seen since then; how many are left."""
        last_us = self._last_us
        while last_us:
            name = next(iter(last_us))
            if last_us[name] >= time_us:
                break
            del last_us[name]
        return len(last_us)

    def count_since(self, time_us: int) -> int:
        """How many were seen since then: most often all of them."""
        if self._last_us and next(iter(self._last_us.values())) >= time_us:
            return len(self._last_us)
        return sum(1 for _ in takewhile(lambda last_us: last_us >= time_us, reversed(self._last_us.values())))

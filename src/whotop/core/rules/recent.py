"""Who or what was seen lately: names, each with when it was last."""

from __future__ import annotations

from itertools import takewhile

KEPT = 256
"""When there are more names, the one that was seen longest ago is forgotten."""


class Recent(dict[str, int]):
    """When each name was last seen, in the order in which they were."""

    def see(self, name: str, time_us: int) -> None:
        """A name is seen."""
        before_us = self.pop(name, 0)
        self[name] = time_us if time_us > before_us else before_us
        if len(self) > KEPT:
            del self[next(iter(self))]

    def keep_since(self, time_us: int) -> int:
        """Forget those that were not seen since then; how many are left."""
        while self:
            name = next(iter(self))
            if self[name] >= time_us:
                break
            del self[name]
        return len(self)

    def count_since(self, time_us: int) -> int:
        """How many were seen since then: most often all of them."""
        if self and next(iter(self.values())) >= time_us:
            return len(self)
        return sum(1 for _ in takewhile(lambda last_us: last_us >= time_us, reversed(self.values())))

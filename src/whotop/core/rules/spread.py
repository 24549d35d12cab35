"""Spread: of how many users, on how many machines, the logins of one source are, and which they are."""

from __future__ import annotations

from whotop.core.rules.evidence import Evidence
from whotop.core.windows import Series

SPREADS_KEPT = 1_000


class Spread:
    """The users and machines of a series that grows: each of its logins is looked at once."""

    __slots__ = ("_begin", "_looked_until", "_shared", "evidence", "machines", "users")

    def __init__(self, series: Series) -> None:
        self._shared, self._begin = series.shared, series.begin
        self._looked_until = series.begin
        self.users: set[str] = set()
        self.machines: set[str] = set()
        self.evidence = Evidence()

    def grows_to(self, series: Series) -> bool:
        """Whether this is of the same logins, or the first of them."""
        is_same = self._shared is series.shared and self._begin == series.begin
        return is_same and self._looked_until <= series.begin + series.count

    def grow(self, series: Series) -> None:
        """Look at those that have come since."""
        end = series.begin + series.count
        for login in self._shared[self._looked_until : end]:
            self.users.add(login.user)
            self.machines.add(login.machine)
            self.evidence.add(login.key)
        self._looked_until = end


class Spreads:
    """Those of the series that are told of, one for each source."""

    def __init__(self) -> None:
        self._spreads: dict[str, Spread] = {}

    def of(self, series: Series) -> Spread:
        """The spread of a series as it is now."""
        spread = self._spreads.get(series.source)
        if spread is None or not spread.grows_to(series):
            if len(self._spreads) >= SPREADS_KEPT:
                self._spreads.clear()
            spread = self._spreads[series.source] = Spread(series)
        spread.grow(series)
        return spread

    def forget(self, source: str) -> None:
        """Nothing more is told of that series."""
        self._spreads.pop(source, None)

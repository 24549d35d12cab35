"""Failed logins of before: what history keeps of one machine, user or source, of any age."""

from __future__ import annotations

from whotop.core.failure_book import FailureKey
from whotop.core.feed import History
from whotop.core.kept_failures import NOTHING_KEPT, KeptFailures, KeptTally
from whotop.core.names import NameKind
from whotop.text import counted

TALLIES_ASKED = 1_000


class PastFailures:
    """As history told them when it was last asked; the fleet's own may be newer."""

    def __init__(self, kind: NameKind, name: str) -> None:
        self._kind, self._name = kind, name
        self._kept: KeptFailures = NOTHING_KEPT
        self.tallies: dict[FailureKey, KeptTally] = {}

    async def load(self, history: History) -> None:
        """Ask for them. Raises StoreError."""
        self._kept = await history.failed_logins(self._kind, self._name, TALLIES_ASKED)
        self.tallies = {tally.key: tally for tally in self._kept.tallies}

    @property
    def count(self) -> int:
        """How many there are, or as many of the newest as were counted."""
        return self._kept.count

    @property
    def words(self) -> str:
        """``50 kept``, ``newest 50000 kept``."""
        return f"{self.count} kept" if self._kept.is_all else f"newest {self.count} kept"

    @property
    def clause(self) -> str:
        """What a line that sums up says of them at its end: ``; 50 failed logins kept``."""
        if not self.count:
            return ""
        newest = "" if self._kept.is_all else "newest "
        return f"; {newest}{counted(self.count, 'failed login')} kept"

    def count_of(self, key: FailureKey, counted: int = 0) -> int:
        """How many are kept of a tally, of which the fleet itself has ``counted`` so many."""
        kept = self.tallies.get(key)
        return counted if kept is None else max(kept.count, counted)

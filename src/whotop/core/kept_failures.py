"""Failed logins that are kept from before: of any age, whether anybody watches the machine or not."""

from __future__ import annotations

import msgspec

from whotop.core.failure_book import FailureKey


class KeptTally(msgspec.Struct, frozen=True):
    """Failed logins of one user from one source on one machine."""

    key: FailureKey
    count: int
    last_us: int
    """When the latest was: µs UTC on whotop's clock."""
    tty: str = ""
    """Of the latest: ``ssh:notty``, ``tty1``."""


class KeptFailures(msgspec.Struct, frozen=True):
    """What is kept of a machine, a user or a source."""

    tallies: tuple[KeptTally, ...] = ()
    """The latest first; there may be more than these."""
    count: int = 0
    """Of all of them together, also of tallies that are not listed."""
    is_all: bool = True
    """False where older ones were left uncounted, here and in the tallies."""


NOTHING_KEPT = KeptFailures()

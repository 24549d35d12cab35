"""Evidence: the keys of the events behind an alert, the latest last, end to end.

Each time that an alert is told it takes a copy along: one piece of memory, where a hundred keys would
each have to be reached.
"""

from __future__ import annotations

from whotop.core.keys import KEY_BYTES

EVIDENCE_KEPT = 100
_BYTES_KEPT = EVIDENCE_KEPT * KEY_BYTES


class Evidence(bytearray):
    """The latest keys, no more than are kept."""

    __slots__ = ()

    def add(self, key: bytes) -> None:
        """One more."""
        self.extend(key)
        if len(self) > _BYTES_KEPT:
            del self[:KEY_BYTES]

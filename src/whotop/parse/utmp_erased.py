"""Records of wtmp that were erased: blank ones in the midst of others.

Nothing writes a blank record; programs that hide a login overwrite its record with zeros. So does a
crash with what had not reached the disk, but then the next record is that of the boot.
"""

from __future__ import annotations

from whotop.parse.utmp_layout import layout_of
from whotop.parse.utmp_meaning import BOOT_TIME

LONGEST_BLANK = bytes(352)
"""More zeros than stand in a row in any record that says something: at most 344, before its time."""


class ErasedRecords:
    """Looks through one file, piece by piece."""

    __slots__ = ("_blank_count", "_has_begun")

    def __init__(self) -> None:
        self._blank_count = 0
        self._has_begun = False

    def count(self, data: bytes) -> int:
        """Give how many records are known to be erased now that this piece has been read."""
        if not data:
            return 0
        if not self._blank_count and LONGEST_BLANK not in data:
            self._has_begun = True
            return 0
        return self._count_each(data)

    def _count_each(self, data: bytes) -> int:
        found = 0
        layout = layout_of(data)
        for start in range(0, len(data) - layout.record_bytes + 1, layout.record_bytes):
            record = data[start : start + layout.record_bytes]
            if not any(record):
                self._blank_count += self._has_begun
                continue
            if BOOT_TIME not in record[:2]:
                found += self._blank_count
            self._blank_count, self._has_begun = 0, True
        return found

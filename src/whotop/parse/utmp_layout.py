"""The four layouts of utmp, wtmp and btmp records (glibc bits/utmp.h).

A record takes 384 bytes where times are kept in 32 bits (x86-64, and every 32-bit machine) and 400
where they take 64 (aarch64, riscv64); its byte order is the machine's.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import msgspec

LATEST_SECOND = 2**32
"""32-bit times are read unsigned, which moves their end from 2038 to 2106."""
EARLIEST_SECOND = 315_532_800
"""1980: no glibc wrote records before."""
SCORED_RECORDS = 32
LEAST_PLAUSIBLE = 0.5

RecordFields = tuple[int, int, bytes, bytes, bytes, int, int, bytes]
"""ut_type, ut_pid, ut_line, ut_user, ut_host, seconds, microseconds, ut_addr_v6."""

_NARROW = "hxxi32s4x32s256s8xIi16s20x"
_WIDE = "hxxi32s4x32s256s4x8xqq16s24x"


class Layout(msgspec.Struct, frozen=True):
    """How the records of one kind of machine lie in a file."""

    name: str
    record: struct.Struct

    @property
    def record_bytes(self) -> int:
        """How long a record is."""
        return self.record.size

    def records(self, data: bytes) -> Iterator[RecordFields]:
        """Give the fields of each whole record; a rest at the end, shorter than one, is left out."""
        whole = len(data) - len(data) % self.record.size
        return self.record.iter_unpack(memoryview(data)[:whole])


LAYOUTS = (
    Layout("384 little", struct.Struct("<" + _NARROW)),
    Layout("400 little", struct.Struct("<" + _WIDE)),
    Layout("384 big", struct.Struct(">" + _NARROW)),
    Layout("400 big", struct.Struct(">" + _WIDE)),
)


def layout_of(data: bytes) -> Layout:
    """Choose the layout in which most of the first records make sense.

    Among equals one that divides the size wins, then the more common one. ``data`` begins at the
    beginning of a record.
    """
    return max(LAYOUTS, key=lambda layout: (share_of_plausible(layout, data), len(data) % layout.record_bytes == 0))


def is_corrupt(data: bytes) -> bool:
    """Whether most of the first records make no sense in any layout; nothing but zeros was erased, not corrupted."""
    if not any(data[: LAYOUTS[0].record_bytes * SCORED_RECORDS]):
        return False
    return len(data) >= LAYOUTS[0].record_bytes and share_of_plausible(layout_of(data), data) < LEAST_PLAUSIBLE


def share_of_plausible(layout: Layout, data: bytes) -> float:
    """The share of plausible records; empty ones, which look the same in every layout, do not count."""
    plausible = told = 0
    for fields in layout.records(data[: SCORED_RECORDS * layout.record_bytes]):
        if fields[0] == 0 and fields[5] == 0:
            continue
        told += 1
        plausible += _is_plausible(fields)
    return plausible / told if told else 0.0


def _is_plausible(fields: RecordFields) -> bool:
    kind, pid, _, _, _, seconds, microseconds, _ = fields
    return (
        0 <= kind <= 9
        and 0 <= pid < 2**30
        and 0 <= microseconds < 1_000_000
        and (EARLIEST_SECOND < seconds < LATEST_SECOND)
    )

"""Figures of Windows into a reading: counters of all processors, memory, time since boot, last inputs.

The probe sends one JSON object, its numbers as GetSystemTimes, GlobalMemoryStatusEx, GetTickCount64 and
WTSQuerySessionInformation give them. File systems travel as those of other systems do.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from whotop.model import LastInput
from whotop.parse.wts import last_input

Count = Annotated[int, Meta(ge=0, le=2**63 - 1)]


class WindowsFigures(msgspec.Struct, frozen=True):
    """One reading."""

    idle: Count = 0
    """Of all processors, in 100 ns."""
    kernel: Count = 0
    """Idle time included."""
    user: Count = 0
    memory: Count = 0
    """Bytes."""
    available: Count = 0
    uptime_ms: Count = 0
    inputs: Annotated[tuple[tuple[int, int], ...], Meta(max_length=1024)] = ()
    """Number of a terminal session, and when it last had input (FILETIME)."""

    @property
    def memory_percent(self) -> float | None:
        """What is not available, 0 to 100."""
        if not 0 < self.available <= self.memory:
            return None
        return 100.0 * (self.memory - self.available) / self.memory

    @property
    def last_inputs(self) -> tuple[LastInput, ...]:
        """When terminals last had input; those that never had are left out."""
        return tuple(found for found in (last_input(*one) for one in self.inputs) if found.time_us)


_decoder = msgspec.json.Decoder(WindowsFigures)


def windows_figures(data: bytes) -> WindowsFigures:
    """Read a reading; an empty one if the data is none."""
    try:
        return _decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return WindowsFigures()

"""Windows by the name of their mode."""

from __future__ import annotations

from whotop.core.gap_windows import GapWindows
from whotop.core.sliding_windows import SlidingWindows
from whotop.core.windows import LoginWindows, TumblingWindows, WindowMode


def windows_of(mode: WindowMode, size_us: int, start_us: int = 0) -> LoginWindows:
    """Empty windows; ``start_us`` is where a tumbling one begins, the others have no place of their own."""
    match mode:
        case "tumbling":
            return TumblingWindows(size_us, start_us)
        case "sliding":
            return SlidingWindows(size_us)
        case "gap":
            return GapWindows(size_us)

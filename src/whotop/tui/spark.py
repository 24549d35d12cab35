"""Small charts made of text: a spark line, and a chart in braille dots. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

BARS = "▁▂▃▄▅▆▇█"
MID_PERCENT, HIGH_PERCENT = 60.0, 85.0
"""From here on a gauge is rising, and full."""

DOT_COLUMNS, DOT_ROWS = 2, 4
BRAILLE_BLANK = 0x2800
BRAILLE_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""Bits of a braille character by row and column, from the top left (Unicode chapter 21.1)."""


def spark(values: Sequence[float], width: int, top: float = 100.0) -> str:
    """The newest ``width`` values as bars, the newest on the right; ``top`` is a full bar.

    Fewer values leave blanks on the left.
    """
    shown = values[-width:] if width > 0 else ()
    return "".join(_bar(value, top) for value in shown).rjust(max(width, 0))


def _bar(value: float, top: float) -> str:
    return BARS[min(int(_share(value, top) * len(BARS)), len(BARS) - 1)]


def _share(value: float, top: float) -> float:
    """``value`` as a part of ``top``, between 0 and 1 whatever they are."""
    share = value / top if top > 0 else 0.0
    return min(share, 1.0) if share > 0 else 0.0


def gauge(percent: float) -> str:
    """The role of a figure in percent: ``gauge_low``, ``gauge_mid`` or ``gauge_high``."""
    if percent >= HIGH_PERCENT:
        return "gauge_high"
    return "gauge_mid" if percent >= MID_PERCENT else "gauge_low"


def chart(values: Sequence[float | None], width: int, height: int, top: float | None = None) -> list[str]:
    """A filled line chart, ``height`` lines of ``width`` cells, two values a cell, the newest right.

    ``top`` is the value at the upper edge: by default the greatest. ``None`` is a gap: nothing was
    measured then. More values than fit are condensed, each dot the greatest of its share.
    """
    dots = width * DOT_COLUMNS
    columns = condensed(values, dots)
    known = [value for value in columns if value is not None]
    scale = top if top is not None else max(known, default=0.0)
    heights = [_height_in_dots(value, scale, height * DOT_ROWS) for value in columns]
    heights = [0] * (dots - len(heights)) + heights
    return [_braille_line(heights, (height - 1 - row) * DOT_ROWS) for row in range(height)]


def condensed(values: Sequence[float | None], count: int) -> list[float | None]:
    """At most ``count`` values, each the greatest known of an equal share of the given ones."""
    if count <= 0 or len(values) <= count:
        return list(values[: max(count, 0)])
    edges = [index * len(values) // count for index in range(count + 1)]
    shares = (values[start:end] for start, end in pairwise(edges))
    return [max((value for value in share if value is not None), default=None) for share in shares]


def _height_in_dots(value: float | None, scale: float, dots: int) -> int:
    """At least one dot for whatever was measured, so that zero differs from nothing."""
    if value is None:
        return 0
    return min(max(round(_share(value, scale) * dots), 1), dots)


def _braille_line(heights: Sequence[int], below: int) -> str:
    pairs = zip(heights[::DOT_COLUMNS], heights[1::DOT_COLUMNS], strict=True)
    return "".join(chr(BRAILLE_BLANK | _fill(left - below, 0) | _fill(right - below, 1)) for left, right in pairs)


def _fill(dots: int, column: int) -> int:
    filled = min(max(dots, 0), DOT_ROWS)
    return sum(BRAILLE_DOTS[DOT_ROWS - 1 - row][column] for row in range(filled))

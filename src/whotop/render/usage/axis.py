"""Round numbers for the side of a chart, and which names have room under it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise


def ticks(most: int, wanted: int) -> list[int]:
    """0, then equal round steps up to the first that reaches ``most``: about ``wanted`` of them, at least one."""
    if most <= 0:
        return [0, 1]
    rough = max(most / max(wanted, 1), 1)
    size = 10 ** (len(str(int(rough))) - 1)
    step = next(int(size * factor) for factor in (1, 2, 5, 10) if size * factor >= rough)
    return list(range(0, most + step, step))


def spread(names: Sequence[str], centres: Sequence[float], widths: Sequence[float], gap: float) -> list[int]:
    """The places of the names that can stand side by side, with ``gap`` between them, evenly thinned out.

    A name that says the same as the one before it is left out.
    """
    distinct = [place for place in range(len(names)) if place == 0 or names[place] != names[place - 1]]
    for every in range(1, len(distinct) + 1):
        chosen = distinct[::every]
        edges = ((centres[place] - widths[place] / 2, centres[place] + widths[place] / 2) for place in chosen)
        if all(left[1] + gap <= right[0] for left, right in pairwise(edges)):
            return chosen
    return []

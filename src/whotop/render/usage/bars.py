"""A chart of bars made of text, for a terminal. Eighths of a cell are Unicode's block elements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from whotop.render.usage.axis import spread, ticks

EIGHTHS = " ▁▂▃▄▅▆▇█"
EIGHTHS_ACROSS = " ▏▎▍▌▋▊▉█"
WIDEST_BAR = 14


class BarChart(NamedTuple):
    """The lines of a chart from the top; every line is a scale and what stands beside it."""

    lines: list[tuple[str, str]]
    slots: list[tuple[int, int]]
    """Of each value: where its bar begins beside the scale, and where it ends."""


def bar_chart(values: Sequence[int], names: Sequence[str], width: int, height: int) -> BarChart:
    """Bars from left to right, as wide as there is room; nothing where there is none.

    More values than cells share cells: each shows the greatest of its share.
    """
    rows = height - 2
    scale = ticks(max(values, default=0), max(rows // 3, 1))
    margin = len(f"{scale[-1]:,}") + 1
    across = width - margin
    if rows < 1 or across < 1 or not values:
        return BarChart([], [])
    slots = _slots(len(values), across)
    columns = _columns(values, slots, across)
    texts = [_row(columns, rows - 1 - row, rows, scale[-1]) for row in range(rows)]
    sides = _sides(scale, rows, margin)
    axis = "┴" + "".join("─" for _ in range(across))
    lines = [(side[:-1] + "│", text) for side, text in zip(sides, texts, strict=True)]
    lines.append(("0".rjust(margin - 1) + axis[0], axis[1:]))
    lines.append((" " * margin, _names(names, slots, across)))
    return BarChart(lines, slots)


def _slots(count: int, across: int) -> list[tuple[int, int]]:
    """The cells of each value's bar; where bars are wide enough, the last cell of each stays free."""
    if count > across:
        return [(place * across // count, place * across // count + 1) for place in range(count)]
    room = min(across // count, WIDEST_BAR)
    bar = room - 1 if room >= 3 else room
    return [(place * room, place * room + bar) for place in range(count)]


def _columns(values: Sequence[int], slots: Sequence[tuple[int, int]], across: int) -> list[int]:
    columns = [0] * across
    for value, (start, end) in zip(values, slots, strict=True):
        for cell in range(start, end):
            columns[cell] = max(columns[cell], value)
    return columns


def _row(columns: Sequence[int], above: int, rows: int, top: int) -> str:
    """One line of the bars, ``above`` lines over the axis; whoever was there at all shows."""
    heights = (max(round(value * rows * 8 / top), 1) if value else 0 for value in columns)
    return "".join(EIGHTHS[min(max(eighths - above * 8, 0), 8)] for eighths in heights)


def _sides(scale: Sequence[int], rows: int, margin: int) -> list[str]:
    sides = [" " * margin] * rows
    for number in scale[1:]:
        row = rows - round(number * rows / scale[-1])
        sides[row] = f"{number:,}".rjust(margin - 1) + " "
    return sides


def _names(names: Sequence[str], slots: Sequence[tuple[int, int]], across: int) -> str:
    """Each name under the middle of its bar, as far as the line's ends let it."""
    starts = [
        min(max((start + end - len(name)) // 2, 0), max(across - len(name), 0))
        for name, (start, end) in zip(names, slots, strict=True)
    ]
    centres = [start + len(name) / 2 for name, start in zip(names, starts, strict=True)]
    line = [" "] * across
    for place in spread(names, centres, [len(name) for name in names], 2):
        line[starts[place] : starts[place] + len(names[place])] = names[place]
    return "".join(line[:across])


def bar_across(value: int, most: int, width: int) -> str:
    """One bar from left to right, at most ``width`` cells long."""
    if value <= 0 or width <= 0:
        return ""
    eighths = max(round(min(value / most, 1.0) * width * 8), 1)
    return "█" * (eighths // 8) + EIGHTHS_ACROSS[eighths % 8].strip()

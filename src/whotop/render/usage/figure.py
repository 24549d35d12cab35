"""Where everything stands in a drawn chart, whatever it is drawn with. All lengths are pixels from the top left."""

from __future__ import annotations

from typing import NamedTuple

from whotop.core.usage import UsageReport
from whotop.render.usage.axis import spread, ticks
from whotop.render.usage.names import heading, label_names, short_name
from whotop.text import counted, fit

WIDTH, HEIGHT = 960, 400
LEFT, RIGHT, TOP, BOTTOM = 64, 20, 56, 40
LETTER = 7.0
"""Width of a letter of a name, about."""
STEPS = 5
LONGEST_TITLE = 105
"""Letters that have room: a filter may be long."""
WIDEST_BAR = 64.0


class Bar(NamedTuple):
    """One period."""

    x: float
    y: float
    width: float
    height: float
    text: str
    """``2024-01-07: 12 users, 140 logins``."""


class Figure(NamedTuple):
    """A chart of usage."""

    title: str
    bars: list[Bar]
    lines: list[tuple[float, str]]
    """Heights of the scale's lines, each with its number."""
    names: list[tuple[float, str]]
    """Centres of names under the axis."""


def usage_figure(report: UsageReport) -> Figure:
    """The figure of a report, for an area of WIDTH by HEIGHT."""
    scale = ticks(max((one.users for one in report.periods), default=0), STEPS)
    depth = HEIGHT - TOP - BOTTOM
    slot = (WIDTH - LEFT - RIGHT) / max(len(report.periods), 1)
    bar = min(slot * 0.72 if slot >= 3 else slot, WIDEST_BAR)
    bars = []
    for place, one in enumerate(report.periods):
        tall = depth * one.users / scale[-1]
        name = f"{short_name(report.period, one.last_day)} ({one.last_day})"
        words = f"{name}: {counted(one.users, 'user')}, {counted(one.logins, 'login')}"
        bars.append(Bar(LEFT + slot * place + (slot - bar) / 2, TOP + depth - tall, bar, tall, words))
    names = label_names(report.period, [one.last_day for one in report.periods])
    centres = [LEFT + slot * (place + 0.5) for place in range(len(names))]
    chosen = spread(names, centres, [len(name) * LETTER for name in names], 18)
    return Figure(
        title=fit(heading(report), LONGEST_TITLE).rstrip(),
        bars=bars,
        lines=[(TOP + depth - depth * number / scale[-1], f"{number:,}") for number in scale],
        names=[(centres[place], names[place]) for place in chosen],
    )

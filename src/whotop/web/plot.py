"""The chart of usage: a Bokeh figure as ``json_item``, which our page draws with Bokeh's own script."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from bokeh.embed import json_item
from bokeh.models import BasicTicker, ColumnDataSource, DatetimeTickFormatter, HoverTool
from bokeh.plotting import figure

from whotop.core.usage import UsageReport

HEIGHT_PIXELS = 340
MARKERS_MAX = 120
"""Points of more periods than this would run into each other."""

TOOLTIPS = [("", "@label"), ("users", "@users"), ("logins", "@logins")]

_drawing = threading.Lock()
"""Bokeh gathers models in one document at a time."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """The colours of a light or a dark page; those of ``render/sheet.css``."""

    ink: str
    quiet: str
    line: str
    mark: str
    sheet: str


SCHEMES = {
    "light": Scheme(ink="#24292f", quiet="#676e77", line="#e4e1dc", mark="#0b6b63", sheet="#ffffff"),
    "dark": Scheme(ink="#dfe3e7", quiet="#949ca5", line="#2d3339", mark="#6cc7bd", sheet="#1b1f23"),
}


def usage_plot(report: UsageReport, scheme: Scheme) -> Any:
    """A line of unique users over the periods, as Bokeh's ``json_item``. Takes some milliseconds."""
    with _drawing:
        return json_item(_figure(report, scheme))


def _figure(report: UsageReport, scheme: Scheme) -> Any:
    days = [datetime.combine(one.last_day, time(), UTC).timestamp() * 1_000 for one in report.periods]
    columns = {
        "day": days,
        "users": [one.users for one in report.periods],
        "logins": [one.logins for one in report.periods],
        "label": [_label(report, index) for index in range(len(days))],
    }
    plot = figure(
        height=HEIGHT_PIXELS,
        sizing_mode="stretch_width",
        x_axis_type="datetime",
        tools="xpan,xwheel_zoom,xbox_zoom,reset,save",
        active_drag="xbox_zoom",
        active_scroll=None,
        background_fill_color=None,
        border_fill_color=None,
        outline_line_color=None,
    )
    source = ColumnDataSource(columns)
    plot.varea("day", y1=0, y2="users", source=source, fill_color=scheme.mark, fill_alpha=0.12)
    plot.line("day", "users", source=source, line_color=scheme.mark, line_width=2)
    size = 6 if len(days) <= MARKERS_MAX else 2
    marks = plot.scatter("day", "users", source=source, size=size, fill_color=scheme.sheet, line_color=scheme.mark)
    plot.add_tools(HoverTool(renderers=[marks], mode="vline", tooltips=TOOLTIPS))
    _quieten(plot, scheme)
    return plot


def _quieten(plot: Any, scheme: Scheme) -> None:
    """Axes that stay behind what they measure."""
    plot.y_range.start = 0
    plot.yaxis.axis_label = "users"
    plot.yaxis.ticker = BasicTicker(min_interval=1, desired_num_ticks=5)
    plot.xaxis.formatter = DatetimeTickFormatter(days="%d %b", months="%b %Y", years="%Y")
    plot.xgrid.grid_line_color = None
    plot.ygrid.grid_line_color = scheme.line
    plot.axis.axis_line_color = scheme.line
    plot.axis.major_tick_line_color = scheme.line
    plot.axis.minor_tick_line_color = None
    plot.axis.major_label_text_color = scheme.quiet
    plot.axis.axis_label_text_color = scheme.quiet
    plot.axis.axis_label_text_font_style = "normal"
    plot.toolbar.logo = None
    plot.toolbar.autohide = True


def _label(report: UsageReport, index: int) -> str:
    first, last = report.days_of(report.periods[index])
    return str(first) if first == last else f"{first} to {last}"

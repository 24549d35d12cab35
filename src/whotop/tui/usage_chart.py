"""Unique users over the periods as bars; that of the selected period stands out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from whotop.core.usage import UsageReport
from whotop.render.usage.bars import bar_chart
from whotop.render.usage.names import label_names
from whotop.tui.picture import Picture
from whotop.tui.views.view import Span


class UsageChart(Picture):
    """Drawn from a report; nothing in it ages."""

    name_shown = "Chart"

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self._report: UsageReport | None = None
        self._selected: date | None = None

    def show(self, report: UsageReport | None) -> None:
        """Draw another answer."""
        self._report = report
        self.redraw()

    def select(self, last_day: date | None) -> None:
        """Let a period stand out."""
        if last_day != self._selected:
            self._selected = last_day
            self.redraw()

    def lines(self, width: int, height: int) -> Sequence[Sequence[Span]]:
        """The bars, the axis and the names."""
        report = self._report
        if report is None or not report.periods:
            return []
        days = [one.last_day for one in report.periods]
        chart = bar_chart([one.users for one in report.periods], label_names(report.period, days), width, height)
        if not chart.lines:
            return [[("too narrow", "dim")]]
        slot = chart.slots[days.index(self._selected)] if self._selected in days else (0, 0)
        bars = [[(scale, "dim"), *_marked(text, slot)] for scale, text in chart.lines[:-2]]
        return [*bars, *([(scale + text, "dim")] for scale, text in chart.lines[-2:])]


def _marked(text: str, slot: tuple[int, int]) -> list[Span]:
    start, end = slot
    spans = [(text[:start], "chart"), (text[start:end], "chart_other"), (text[end:], "chart")]
    return [span for span in spans if span[0]]

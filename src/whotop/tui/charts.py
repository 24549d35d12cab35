"""The last hour of a machine as charts."""

from __future__ import annotations

from collections.abc import Sequence

from whotop.clock import HOUR_US
from whotop.core.feed import History, Sampled
from whotop.tui.intake import News
from whotop.tui.picture import Picture
from whotop.tui.spark import chart
from whotop.tui.views.last_hour import FIGURES, LastHour
from whotop.tui.views.scene import Scene
from whotop.tui.views.view import Span

_LABELS = {"cpu": "cpu", "mem": "memory", "load": "load"}
_AXIS_WIDTH = 5


class Charts(Picture):
    """CPU, memory and load over each other."""

    name_shown = "Last hour"

    def __init__(self, number: int, scene: Scene, machine: str) -> None:
        super().__init__(number)
        self._scene = scene
        self._machine = machine
        self._hour = LastHour()
        if (sample := scene.fleet.samples.get(machine)) is not None:
            self._hour.add(sample)

    async def load(self, history: History) -> None:
        """Fetch what happened before we looked."""
        now_us = self._scene.now_us()
        self._hour.add_history(await history.figures(self._machine, now_us - HOUR_US, now_us))
        self.redraw()

    def take(self, news: News) -> None:
        """Take in new readings of this machine."""
        samples = [change.sample for change in news.changes if isinstance(change, Sampled)]
        own = [sample for sample in samples if sample.machine == self._machine]
        for sample in own:
            self._hour.add(sample)
        if own:
            self.redraw()

    def lines(self, width: int, height: int) -> Sequence[Sequence[Span]]:
        """Three charts, a label over each; what is left over goes to the first."""
        shares = [(height + 2 - number) // 3 for number in range(3)]
        return [
            line for figure, share in zip(FIGURES, shares, strict=True) for line in self._chart(figure, width, share)
        ]

    def _chart(self, figure: str, width: int, height: int) -> list[list[Span]]:
        across = width - _AXIS_WIDTH
        if height < 1 or across < 4:
            return []
        minutes = self._hour.minutes(figure, self._scene.now_us())
        known = [minute for minute in minutes if minute is not None]
        top = 100.0 if figure != "load" else max([1.0, *known])
        label: list[Span] = [(f" {_LABELS[figure]} ", "header"), *_in_words(figure, known, minutes[-1])]
        stretched = [minutes[dot * len(minutes) // (across * 2)] for dot in range(across * 2)]
        rows = chart(stretched, across, height - 1, top=top)
        return [label, *([(self._scale(row, len(rows), top), "dim"), (text, "chart")] for row, text in enumerate(rows))]

    def _scale(self, row: int, rows: int, top: float) -> str:
        if row == 0:
            return f"{top:.0f}".rjust(_AXIS_WIDTH - 1) + " "
        return ("0" if row == rows - 1 else "").rjust(_AXIS_WIDTH - 1) + " "


def _in_words(figure: str, known: Sequence[float], now: float | None) -> list[Span]:
    if not known:
        return [("nothing measured yet", "dim")]
    unit = "" if figure == "load" else "%"
    places = 2 if figure == "load" else 0
    latest = "–" if now is None else f"{now:.{places}f}{unit}"
    return [(latest, "strong"), (f"  at most {max(known):.{places}f}{unit}", "dim")]

"""A machine's last hour: a figure a minute, from history and then from what comes in."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import fmean

from whotop.clock import MINUTE_US
from whotop.core.feed import MinuteFigures
from whotop.model import Sample

MINUTES = 60

FIGURES = ("cpu", "mem", "load")


class LastHour:
    """Minutes on whotop's clock; those in which nothing was measured are gaps."""

    def __init__(self) -> None:
        self._readings: dict[str, dict[int, list[float]]] = {figure: {} for figure in FIGURES}

    def add_history(self, minutes: Iterable[MinuteFigures]) -> None:
        """Take in condensed figures; minutes of which we have readings of our own keep those."""
        for minute in minutes:
            for figure, mean in zip(FIGURES, (minute.cpu_mean, minute.memory_mean, minute.load_mean), strict=True):
                if mean is not None:
                    self._readings[figure].setdefault(minute.time_us // MINUTE_US, [mean])

    def add(self, sample: Sample) -> None:
        """Take in a reading."""
        number = sample.time_us // MINUTE_US
        for figure, reading in zip(FIGURES, (sample.cpu_percent, sample.memory_percent, sample.load1), strict=True):
            if reading is not None:
                readings = self._readings[figure]
                readings.setdefault(number, []).append(reading)
                for old in [minute for minute in readings if minute < number - MINUTES]:
                    del readings[old]

    def minutes(self, figure: str, now_us: int) -> list[float | None]:
        """The means of the last 60 minutes, the present one last."""
        last, readings = now_us // MINUTE_US, self._readings[figure]
        numbers = range(last - MINUTES + 1, last + 1)
        return [fmean(readings[number]) if number in readings else None for number in numbers]

"""Changed rows gathered, and handed over to be redrawn no more than ten times a second."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable

from textual.timer import Timer
from textual.widget import Widget

REDRAW_SECONDS = 0.1


class RedrawLimit:
    """The first change is redrawn at once; what follows waits for the next tenth of a second.

    One timer, paused while nothing changes, so a quiet table costs nothing.
    """

    def __init__(self, widget: Widget, redraw: Callable[[set[Hashable]], None]) -> None:
        self._widget = widget
        self._redraw = redraw
        self._touched: set[Hashable] = set()
        self._timer: Timer | None = None
        self._is_cooling = False

    @property
    def is_holding(self) -> bool:
        """Whether changes wait for their time."""
        return bool(self._touched)

    def touch(self, keys: Iterable[Hashable]) -> None:
        """Take in keys whose rows have changed."""
        self._touched.update(keys)
        if self._touched and not self._is_cooling and self._widget.is_attached:
            self._hand_over()

    def _hand_over(self) -> None:
        touched, self._touched = self._touched, set()
        self._redraw(touched)
        self._is_cooling = True
        if self._timer is None:
            self._timer = self._widget.set_interval(REDRAW_SECONDS, self._tick)
        else:
            self._timer.reset()

    def _tick(self) -> None:
        if self._touched:
            touched, self._touched = self._touched, set()
            self._redraw(touched)
            return
        self._is_cooling = False
        if self._timer is not None:
            self._timer.pause()

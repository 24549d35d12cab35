"""A step that is asked for often and taken seldom: at once, then no more than every so many seconds."""

from __future__ import annotations

from collections.abc import Callable

from textual.timer import Timer
from textual.widget import Widget


class Throttle:
    """Takes ``step`` when asked, or as soon as ``seconds`` have passed since it was last taken."""

    def __init__(
        self, widget: Widget, seconds: float, step: Callable[[], None], monotonic: Callable[[], float]
    ) -> None:
        self._widget = widget
        self._seconds = seconds
        self._step = step
        self._monotonic = monotonic
        self._last = float("-inf")
        self._timer: Timer | None = None

    def ask(self) -> None:
        """Take the step now, or when its time has come."""
        if self._timer is not None:
            return
        wait = self._last + self._seconds - self._monotonic()
        if wait <= 0:
            self._take()
        else:
            self._timer = self._widget.set_timer(wait, self._take)

    def ask_later(self) -> None:
        """Take the step when its full time has passed from now, if it is not to be taken before."""
        if self._timer is None:
            self._timer = self._widget.set_timer(self._seconds, self._take)

    def _take(self) -> None:
        self._timer = None
        self._last = self._monotonic()
        self._step()

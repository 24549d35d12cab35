"""Two weeks of a user's presence, a line a day."""

from __future__ import annotations

from collections.abc import Sequence

from whotop.tui.intake import News
from whotop.tui.picture import Picture
from whotop.tui.views.days import lanes, spells_of
from whotop.tui.views.past import Past
from whotop.tui.views.scene import Scene
from whotop.tui.views.view import Span

REDRAW_TICKS = 60
"""An open session grows by a cell in many minutes: once a minute is enough."""


class UserDays(Picture):
    """Times are on whotop's clock, in the viewer's zone."""

    name_shown = "Two weeks"

    def __init__(self, number: int, scene: Scene, past: Past) -> None:
        super().__init__(number)
        self._scene = scene
        self._past = past
        self._ticks = 0

    def take(self, news: News) -> None:
        """Draw anew when a session of this user came or went."""
        if any(key in self._past.sessions for key in news.touched.sessions):
            self.redraw()

    def tick(self) -> None:
        """A second has passed."""
        self._ticks += 1
        if self._ticks % REDRAW_TICKS == 0:
            self.redraw()

    def lines(self, width: int, height: int) -> Sequence[Sequence[Span]]:
        """Today first."""
        now_us = self._scene.now_us()
        return lanes(spells_of(self._past.sessions.values(), now_us), now_us, self._scene.zone, width, height)

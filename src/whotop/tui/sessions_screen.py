"""All open sessions of the fleet in one table: what the status line's number opens."""

from __future__ import annotations

from collections.abc import Sequence

from whotop.tui.pane import Pane
from whotop.tui.pane_screen import PaneScreen
from whotop.tui.tile import Tile
from whotop.tui.views.nobody import nobody_in_fleet
from whotop.tui.views.sessions import SessionsView


class SessionsScreen(PaneScreen):
    """One pane alone."""

    @property
    def crumb(self) -> str:
        """What it lists."""
        return "sessions"

    def make_tiles(self) -> Sequence[Tile]:
        """The table."""
        scene = self.desk.scene
        columns = ("user", "machine", "tty", "from", "since", "idle")
        view = SessionsView(scene, columns, lambda fleet: fleet.sessions, lambda: nobody_in_fleet(scene.fleet))
        return [Pane(1, view)]

"""All failed logins of the fleet: who tries what, and where."""

from __future__ import annotations

from collections.abc import Sequence

from whotop.tui.pane import Pane
from whotop.tui.pane_screen import PaneScreen
from whotop.tui.tile import Tile
from whotop.tui.views.failed_logins import FailedLoginsView
from whotop.tui.views.nobody import no_failures_in_fleet


class FailuresScreen(PaneScreen):
    """One pane alone."""

    @property
    def crumb(self) -> str:
        """What it lists."""
        return "failed logins"

    def make_tiles(self) -> Sequence[Tile]:
        """The table."""
        scene = self.desk.scene
        columns = ("machine", "user", "from", "tty")
        view = FailedLoginsView(
            scene, columns, lambda fleet: fleet.failures.all, lambda: no_failures_in_fleet(scene.fleet)
        )
        return [Pane(1, view)]

"""The first screen: machines, users, alerts and events of the whole fleet."""

from __future__ import annotations

from collections.abc import Sequence

from whotop.tui.pane import Pane
from whotop.tui.pane_screen import PaneScreen
from whotop.tui.tile import Tile
from whotop.tui.views.alerts import AlertsView
from whotop.tui.views.events import EventsView
from whotop.tui.views.machines import MachinesView
from whotop.tui.views.users import UsersView


class FleetScreen(PaneScreen):
    """Everything at a glance."""

    @property
    def crumb(self) -> str:
        """The root of every breadcrumb."""
        return "fleet"

    def make_tiles(self) -> Sequence[Tile]:
        """1 machines, 2 users, 3 alerts, 4 events."""
        scene = self.desk.scene
        return [
            Pane(1, MachinesView(scene)),
            Pane(2, UsersView(scene)),
            Pane(3, AlertsView(scene)),
            Pane(4, EventsView(scene)),
        ]

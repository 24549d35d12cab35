"""The first screen: machines, users, alerts and events of the whole fleet."""

from __future__ import annotations

from collections.abc import Sequence

from whotop.tui.go_to import GoTo
from whotop.tui.pane import Pane
from whotop.tui.pane_screen import PaneScreen
from whotop.tui.tile import Tile
from whotop.tui.views.alerts import AlertsView
from whotop.tui.views.events import EventsView
from whotop.tui.views.machines import MachinesView
from whotop.tui.views.place import UsagePlace
from whotop.tui.views.users import UsersView


class FleetScreen(PaneScreen):
    """Everything at a glance."""

    @property
    def crumb(self) -> str:
        """The root of every breadcrumb."""
        return "fleet"

    def action_pane(self, number: int) -> None:
        """The pane of that number; behind the last one, usage, which is a screen of its own."""
        if number > len(self.tiles):
            self.post_message(GoTo(UsagePlace()))
        else:
            super().action_pane(number)

    def why_not(self, action_id: str) -> str:
        """Why an action cannot work just now; '' if it can."""
        return "" if action_id == "pane_5" else super().why_not(action_id)

    def make_tiles(self) -> Sequence[Tile]:
        """1 machines, 2 users, 3 alerts, 4 events."""
        scene = self.desk.scene
        return [
            Pane(1, MachinesView(scene)),
            Pane(2, UsersView(scene)),
            Pane(3, AlertsView(scene)),
            Pane(4, EventsView(scene)),
        ]

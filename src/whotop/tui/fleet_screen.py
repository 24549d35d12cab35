"""The first screen: machines, users, alerts and events of the whole fleet.

A store may know more machines: imported ones, and some that were watched once. The title of the
machines says how many, and where they are found.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.style import Style

from whotop.core.names import NameKind
from whotop.errors import StoreError
from whotop.tui.desk import Desk
from whotop.tui.go_to import GoTo
from whotop.tui.intake import News
from whotop.tui.keymap import shown
from whotop.tui.pane import Pane
from whotop.tui.pane_screen import PaneScreen
from whotop.tui.tile import Tile
from whotop.tui.views.alerts import AlertsView
from whotop.tui.views.events import EventsView
from whotop.tui.views.machines import MachinesView
from whotop.tui.views.place import UsagePlace
from whotop.tui.views.users import UsersView

STORE_TICKS = 60
"""Every so many seconds the store is asked whether it knows more machines: somebody may import some."""


class FleetScreen(PaneScreen):
    """Everything at a glance."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._more_in_store: int | None = None
        """``None`` until the store has been asked."""
        self._ticks = 0

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

    def take(self, news: News) -> None:
        """A batch has been applied: from the first on it can be told which machines the store knows besides."""
        super().take(news)
        if self._more_in_store is None:
            self._more_in_store = 0
            self._ask_store()

    def tick(self) -> None:
        """A second has passed."""
        super().tick()
        self._ticks += 1
        if self._ticks % STORE_TICKS == 0:
            self._ask_store()

    def _ask_store(self) -> None:
        self.run_worker(self._count_more(), group="more machines", exclusive=True)

    async def _count_more(self) -> None:
        if self.desk.feed is None:
            return
        try:
            names = await self.desk.feed.history.machine_names()
        except StoreError:
            return  # the banner tells what is wrong with the store; the number stays as it was
        self._more_in_store = len(set(names) - self.desk.fleet.machines.keys())
        self.show_titles()

    def _headline(self, tile: Tile) -> Content:
        headline = super()._headline(tile)
        is_filtered = isinstance(tile, Pane) and tile.query_in_force is not None
        if tile.number != 1 or is_filtered or not self._more_in_store:
            return headline
        press = Style.from_meta({"@click": f"app.palette('{NameKind.MACHINE.value} ')"})
        more = f" +{self._more_in_store} in the store ({shown(self.desk.keys['palette'][0])})"
        return Content.assemble(headline, (more, press))

"""What the selected row is about, the user, source, machine or alert in hand, and what keys do to it."""

from __future__ import annotations

from whotop.tui.go_to import GoTo
from whotop.tui.pane import Pane
from whotop.tui.tiled_screen import TiledScreen
from whotop.tui.views.place import MachinePlace, Place, SourcePlace, UserPlace


class InHand(TiledScreen):
    """A screen may hold something in hand whatever is selected: an alert's screen holds its alert."""

    def user_in_hand(self) -> str:
        """The user; '' if there is none."""
        return self.current.user() if isinstance(self.current, Pane) else ""

    def source_in_hand(self) -> str:
        """The source; '' if there is none."""
        return self.current.source() if isinstance(self.current, Pane) else ""

    def machine_in_hand(self) -> str:
        """The machine; '' if there is none, or several."""
        return self.current.machine() if isinstance(self.current, Pane) else ""

    def action_go_to_user(self) -> None:
        """Go to the user in the selected row."""
        user = self.user_in_hand()
        self._go_to(UserPlace(user) if user else None, "user")

    def action_go_to_source(self) -> None:
        """Go to the source in the selected row."""
        source = self.source_in_hand()
        self._go_to(SourcePlace(source) if source else None, "source")

    def action_go_to_machine(self) -> None:
        """Go to the machine in the selected row."""
        machine = self.machine_in_hand()
        self._go_to(MachinePlace(machine) if machine else None, "machine")

    def _go_to(self, place: Place | None, action_id: str) -> None:
        if place is None:
            self.say(self.why_nothing_in_hand(action_id))
        else:
            self.post_message(GoTo(place))

    def why_nothing_in_hand(self, action_id: str) -> str:
        """Why there is nothing for an action of this kind; '' where there is, or where it is another kind."""
        held = {"user": self.user_in_hand, "source": self.source_in_hand, "machine": self.machine_in_hand}
        if action_id not in held or held[action_id]():
            return ""
        if not isinstance(self.current, Pane):
            return "this pane is no table"
        return "there is no row" if self.current.selected is None else f"this row is about no {action_id}"

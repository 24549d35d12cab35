"""The wish to see a place, which the app grants."""

from __future__ import annotations

from textual.message import Message

from whotop.tui.views.place import Place


class GoTo(Message):
    """Somebody wants to see this place; ``instead`` of the screen that says so, or over it."""

    def __init__(self, place: Place, *, instead: bool = False) -> None:
        super().__init__()
        self.place = place
        self.instead = instead

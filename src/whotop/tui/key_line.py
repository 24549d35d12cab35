"""The last line of every screen: the keys that matter most, from the registry of actions."""

from __future__ import annotations

from collections.abc import Collection

from rich.cells import cell_len

from whotop.tui.actions import ACTIONS, Action
from whotop.tui.keymap import Keymap, shown
from whotop.tui.span_line import Piece, SpanLine

ALWAYS = frozenset({"help", "quit"})
"""Shown however narrow it gets: they lead to all the others, and out."""


class KeyLine(SpanLine):
    """As many keys as there is room for, those of the highest rank first."""

    def __init__(self, keys: Keymap) -> None:
        super().__init__(id="keys")
        self._keys = keys
        self._leading: Collection[str] = ()

    def on_mount(self) -> None:
        """Say them."""
        self.update()

    def on_resize(self) -> None:
        """There is room for more, or for less."""
        self.update()

    def lead_with(self, action_ids: Collection[str]) -> None:
        """Say these first: what can be done where the reader is."""
        if action_ids != self._leading:
            self._leading = action_ids
            self.update()

    def update(self) -> None:
        """Say them anew: a key may have been given another meaning."""
        leading = [action for action in ACTIONS if action.id in self._leading]
        ranked = leading + sorted((action for action in ACTIONS if action.rank), key=lambda action: action.rank)
        hints = {action.id: self._hint(action) for action in ranked}
        room = self.size.width - sum(_width(hints[name]) for name in ALWAYS)
        pieces: list[Piece] = []
        for action in ranked:
            hint = hints[action.id]
            if action.id not in ALWAYS:
                room -= _width(hint)
                if room < 0:
                    continue
            pieces += hint
        self.show(pieces)

    def _hint(self, action: Action) -> list[Piece]:
        press = f"app.press({action.id!r})"
        key = shown(self._keys[action.id][0])
        return [Piece(f" {key}", "key", press), Piece(f" {action.words} ", "dim", press)]


def _width(pieces: list[Piece]) -> int:
    return sum(cell_len(piece.text) for piece in pieces)

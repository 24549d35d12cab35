"""The command palette: every action by name, with its key, and why one cannot work just now."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input

from whotop.tui.actions import ACTION_BY_ID, ACTIONS, Action
from whotop.tui.columns import Column
from whotop.tui.dialog import Dialog
from whotop.tui.keymap import Keymap, shown
from whotop.tui.line_table import LineTable
from whotop.tui.roles import RowState
from whotop.tui.row_strip import Cells
from whotop.tui.table_messages import CellPressed

NOT_LISTED = frozenset({"palette", "down", "up"})
"""Of no use to somebody who has the palette open."""

COLUMNS = (
    Column("what", "what to do", 20, 0, flexible=True, sortable=False),
    Column("key", "key", 10, 10, align="right", sortable=False),
)


def find_actions(query: str) -> list[Action]:
    """Actions in which every word of ``query`` occurs, those whose own name has the first of them on top."""
    words = query.lower().split()
    found = [action for action in ACTIONS if action.id not in NOT_LISTED and _has(action, words)]
    return sorted(found, key=lambda action: bool(words) and not action.words.startswith(words[0]))


def _has(action: Action, words: Sequence[str]) -> bool:
    text = f"{action.id} {action.words} {action.help}".lower()
    return all(word in text for word in words)


class Found(LineTable, can_focus=False):
    """What was found; looks focused, because the box above it only takes the letters."""

    def _state_of(self, key: Hashable) -> RowState:
        return "selected" if key == self.selected else "plain"


class Palette(Dialog[str | None]):
    """Ends with the id of the action that was chosen, or with ``None``.

    ``keys`` are those in force; ``why_not`` tells why an action cannot work just now, or "".
    """

    DEFAULT_CSS = """
    Palette {
        align: center top;
        background: $background 60%;
    }
    Palette > Vertical {
        width: 84;
        max-width: 100%;
        height: 22;
        max-height: 100%;
        margin-top: 2;
        border: round $primary;
        border-title-color: $whotop-title;
        border-title-style: bold;
        background: $surface;
    }
    Palette Input, Palette Input:focus {
        height: 1;
        border: none;
        padding: 0 1;
        background: $panel;
        margin-bottom: 1;
    }
    Palette Found {
        background: $surface;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", show=False),
        Binding("down,ctrl+n", "move(1)", show=False),
        Binding("up,ctrl+p", "move(-1)", show=False),
        Binding("pagedown", "move(10)", show=False),
        Binding("pageup", "move(-10)", show=False),
    ]

    def __init__(self, keys: Keymap, why_not: Callable[[str], str]) -> None:
        super().__init__()
        self._keys = keys
        self._reasons = {action.id: why_not(action.id) for action in ACTIONS}

    def compose(self) -> ComposeResult:
        """A box to type in, and what was found below it."""
        with Vertical() as box:
            box.border_title = "Commands"
            yield Input(placeholder="type a part of its name")
            yield Found(COLUMNS, self._cells, id="found", empty="no command has these words")

    def on_mount(self) -> None:
        """All of them, before anything is typed."""
        self._show("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look again."""
        self._show(event.value)

    def on_input_submitted(self) -> None:
        """The selected one."""
        selected = self.query_one(Found).selected
        if isinstance(selected, str):
            self.dismiss(selected)

    def on_line_table_cell_pressed(self, event: CellPressed) -> None:
        """The one that was clicked."""
        self.dismiss(str(event.key))

    def action_move(self, rows: int) -> None:
        """Select another."""
        self.query_one(Found).action_move(rows)

    def _show(self, query: str) -> None:
        table = self.query_one(Found)
        table.set_order([action.id for action in find_actions(query)])
        table.action_top()

    def _cells(self, key: Hashable) -> Cells:
        action, reason = ACTION_BY_ID[str(key)], self._reasons[str(key)]
        keys = " ".join(shown(own) for own in self._keys[action.id])
        if reason:
            return [[(action.words.capitalize(), "dim"), (f"  not now: {reason}", "stale")], [(keys, "dim")]]
        return [[(action.help, "normal")], [(keys, "key")]]

"""The command palette: every action by name, with its key, and why one cannot work just now.

Below the actions come places: machines, users and sources by name, those of the fleet at once and
those of the store when it answers. What comes later is listed below what is there: nothing moves.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar, TypeAlias

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input

from whotop.core.names import search_of
from whotop.errors import StoreError
from whotop.text import cells
from whotop.tui.actions import ACTION_BY_ID, ACTIONS, Action
from whotop.tui.columns import Column
from whotop.tui.dialog import Dialog
from whotop.tui.finder import Finder, FoundPlace, only_new
from whotop.tui.keymap import Keymap, shown
from whotop.tui.line_table import LineTable
from whotop.tui.roles import RowState
from whotop.tui.row_strip import Cells
from whotop.tui.span_line import shortened
from whotop.tui.table_messages import CellPressed
from whotop.tui.views.place import Place

Chosen: TypeAlias = str | Place
"""The id of an action, or where to go."""

NOT_LISTED = frozenset({"palette", "down", "up"})
"""Of no use to somebody who has the palette open."""
LONGEST_NAME_SHOWN = 45
"""Cells, so that there is room for what is known of it…"""
USUAL_NAME = 24
"""…which begins here, unless the name is longer."""

COLUMNS = (
    Column("what", "what", 20, 0, flexible=True, sortable=False),
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


class Palette(Dialog[Chosen | None]):
    """Ends with the id of the action or the place that was chosen, or with ``None``.

    ``keys`` are those in force; ``why_not`` tells why an action cannot work just now, or "". It opens
    as if ``typed`` had been typed.
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
        border-subtitle-color: $whotop-error;
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

    def __init__(self, keys: Keymap, why_not: Callable[[str], str], finder: Finder, typed: str = "") -> None:
        super().__init__()
        self._keys = keys
        self._reasons = {action.id: why_not(action.id) for action in ACTIONS}
        self._finder = finder
        self._typed = typed
        self._asked: str | None = None
        """What the store is being asked for; ``None`` while it is not."""
        self._found: dict[Hashable, FoundPlace] = {}

    def compose(self) -> ComposeResult:
        """A box to type in, and what was found below it."""
        with Vertical() as box:
            box.border_title = "Commands, machines, users, sources"
            yield Input(
                self._typed, placeholder="a part of a name; machine web, user ann, source 10.", select_on_focus=False
            )
            yield Found(COLUMNS, self._cells, id="found", empty="nothing has this in its name")

    def on_mount(self) -> None:
        """All actions, before anything is typed."""
        self._look(self._typed)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look again."""
        if event.value != self._typed:
            self._look(event.value)

    def on_input_submitted(self) -> None:
        """The selected one."""
        self._choose(self.query_one(Found).selected)

    def on_line_table_cell_pressed(self, event: CellPressed) -> None:
        """The one that was clicked."""
        self._choose(event.key)

    def _choose(self, key: Hashable | None) -> None:
        if key is not None:
            self.dismiss(self._found[key].place if key in self._found else str(key))

    def action_move(self, rows: int) -> None:
        """Select another."""
        self.query_one(Found).action_move(rows)

    def _look(self, typed: str) -> None:
        self._typed = typed
        search = search_of(typed)
        places = self._finder.in_fleet(search) if typed.strip() else []
        self._found = {one.place: one for one in places}
        actions = [] if search.is_narrow and not search.text else find_actions(typed)
        table = self.query_one(Found)
        table.set_order([*(action.id for action in actions), *self._found])
        table.action_top()
        if typed.strip() and self._asked is None:
            self.run_worker(self._ask_store(), group="names")

    async def _ask_store(self) -> None:
        """One question at a time, until what is typed has been answered; fast hands skip what lies between."""
        try:
            while self._typed.strip() and self._asked != self._typed:
                self._asked = self._typed
                self.query_one(Vertical).border_subtitle = ""
                found = await self._finder.in_store(search_of(self._asked))
                if self._asked == self._typed:
                    self._add(found)
        except StoreError as error:
            self.query_one(Vertical).border_subtitle = Content(str(error))
        finally:
            self._asked = None

    def _add(self, found: Sequence[FoundPlace]) -> None:
        table, new = self.query_one(Found), only_new(found, self._found.values())
        self._found |= {one.place: one for one in new}
        table.set_order([*table.keys, *(one.place for one in new)])

    def _cells(self, key: Hashable) -> Cells:
        place = self._found.get(key)
        if place is not None:
            name = shortened(place.name, LONGEST_NAME_SHOWN)
            gap = " " * max(USUAL_NAME - cells(name), 2)
            return [[(name, place.kind.value), (f"{gap}{place.kind.value} · {place.fact}", "dim")], []]
        action, reason = ACTION_BY_ID[str(key)], self._reasons[str(key)]
        keys = " ".join(shown(own) for own in self._keys[action.id])
        if reason:
            return [[(action.words.capitalize(), "dim"), (f"  not now: {reason}", "stale")], [(keys, "dim")]]
        return [[(action.help, "normal")], [(keys, "key")]]

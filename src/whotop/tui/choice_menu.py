"""A small menu over the screen: pick one of a few, with what is highlighted tried on at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from whotop.tui.dialog import Dialog

Choice = tuple[str, str]
"""What is chosen, and the words for it."""


class ChoiceMenu(Dialog[str | None]):
    """Ends with what was chosen; with ``None`` when it was left by ``esc``."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # A dialog does not see the app's own bindings.
        Binding("escape", "app.peel", show=False),
        Binding("j", "move(1)", show=False),
        Binding("k", "move(-1)", show=False),
    ]

    def __init__(
        self, title: str, choices: Sequence[Choice], current: str, try_on: Callable[[str], None] | None = None
    ) -> None:
        super().__init__()
        self._title = title
        self._choices = choices
        self._current = current
        self._try_on = try_on

    def compose(self) -> ComposeResult:
        """A box with a list in it."""
        with Vertical(id="menu") as box:
            box.border_title = Content(self._title)
            yield OptionList(*(Option(Content(words), id=key) for key, words in self._choices), compact=True)

    def on_mount(self) -> None:
        """Begin at what is in force."""
        keys = [key for key, _ in self._choices]
        menu = self.query_one(OptionList)
        menu.highlighted = keys.index(self._current) if self._current in keys else 0
        menu.focus()

    def action_move(self, rows: int) -> None:
        """Down or up, as in every table."""
        menu = self.query_one(OptionList)
        if rows > 0:
            menu.action_cursor_down()
        else:
            menu.action_cursor_up()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Try it on."""
        if self._try_on is not None and event.option.id is not None:
            self._try_on(event.option.id)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """That is it."""
        self.dismiss(event.option.id)

    def on_click(self, event: object) -> None:
        """A click beside the box leaves it."""
        if getattr(event, "widget", None) is self:
            self.dismiss(None)

"""Every key, in groups, on one page; what cannot work just now stays listed and says why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from whotop.tui.actions import ACTIONS, GROUPS, Action, Group
from whotop.tui.dialog import Dialog
from whotop.tui.keymap import Keymap, shown

KEYS_WIDTH = 16


class HelpScreen(Dialog[None]):
    """``keys`` are those in force; ``why_not`` tells why an action cannot work just now, or ""."""

    DEFAULT_CSS = """
    HelpScreen {
        align: center middle;
        background: $background 60%;
    }
    HelpScreen > VerticalScroll {
        width: 84;
        max-width: 100%;
        height: auto;
        max-height: 100%;
        padding: 0 2;
        border: round $primary;
        border-title-color: $whotop-title;
        border-title-style: bold;
        border-subtitle-color: $whotop-dim;
        background: $surface;
        scrollbar-size-vertical: 1;
    }
    HelpScreen Static {
        height: auto;
        margin-bottom: 1;
    }
    HelpScreen Static:last-of-type {
        margin-bottom: 0;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1,enter", "dismiss_help", "close", show=False),
        Binding("j", "scroll_rows(1)", show=False),
        Binding("k", "scroll_rows(-1)", show=False),
    ]

    def __init__(self, keys: Keymap, why_not: Callable[[str], str]) -> None:
        super().__init__()
        self._keys = keys
        self._reasons = {action.id: why_not(action.id) for action in ACTIONS}

    def compose(self) -> ComposeResult:
        """One block for each group."""
        with VerticalScroll() as page:
            page.border_title = "Keys"
            page.border_subtitle = "esc closes"
            for group in GROUPS:
                yield Static(group_page(group, self._keys, self._reasons))

    def action_dismiss_help(self) -> None:
        """Go back to what was there before."""
        self.dismiss()

    def action_scroll_rows(self, rows: int) -> None:
        """Scroll the page, where it is longer than the screen."""
        self.query_one(VerticalScroll).scroll_relative(y=rows, animate=False)


def group_page(group: Group, keys: Keymap, reasons: Mapping[str, str]) -> Content:
    """The actions of one group, a line each, under its name."""
    lines = [Content.styled(group, "bold $whotop-title")]
    lines += [_line(action, keys, reasons) for action in ACTIONS if action.group == group]
    return Content("\n").join(lines)


def _line(action: Action, keys: Keymap, reasons: Mapping[str, str]) -> Content:
    own = " ".join(shown(key) for key in keys.get(action.id, action.keys))
    reason = reasons.get(action.id, "")
    return Content.assemble(
        (f"  {own:<{KEYS_WIDTH}}", "bold $whotop-key"),
        (action.help, "$whotop-dim" if reason else "$whotop-normal"),
        (f"\n{' ' * (KEYS_WIDTH + 2)}not now: {reason}" if reason else "", "italic $whotop-stale"),
    )

"""What a session is running: its processes as a tree, over the machine's screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from whotop.errors import MachineError
from whotop.model import Session
from whotop.tui.desk import Desk
from whotop.tui.dialog import Dialog
from whotop.tui.row_strip import printable
from whotop.tui.views.place import UserPlace
from whotop.tui.views.process_tree import tree_lines
from whotop.tui.views.view import Span

REFRESH_SECONDS = 3.0


class ProcessScreen(Dialog[UserPlace | None]):
    """Ends with where to go next, if anywhere."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # A dialog does not see the app's own bindings.
        Binding("escape", "app.peel", show=False),
        Binding("enter", "go_to_user", "user"),
        Binding("j", "scroll_lines(1)", show=False),
        Binding("k", "scroll_lines(-1)", show=False),
    ]

    def __init__(self, desk: Desk, session: Session) -> None:
        super().__init__()
        self._desk = desk
        self._session = session
        self._tree = Static(Content("  asking the machine…"), id="tree")

    def compose(self) -> ComposeResult:
        """A box that scrolls."""
        session = self._session
        with Vertical(id="processes") as box:
            box.border_title = Content(printable(f"{session.user}  {session.tty or 'no tty'}  {session.machine}"))
            box.border_subtitle = Content(printable(f"enter  all of {session.user}    esc  back"))
            yield Static(Content(" pid       cpu   command"), classes="titles")
            with VerticalScroll():
                yield self._tree

    def on_mount(self) -> None:
        """Ask now, and again every few seconds."""
        self.query_one(VerticalScroll).focus()
        self._ask()
        self.set_interval(REFRESH_SECONDS, self._ask)

    def _ask(self) -> None:
        self.run_worker(self._read(), group="processes", exclusive=True)

    async def _read(self) -> None:
        if self._desk.feed is None:
            return
        try:
            processes = await self._desk.feed.processes(self._session)
        except MachineError as error:
            lines: Sequence[Sequence[Span]] = [[(f"  {error}", "error")]]
        else:
            lines = tree_lines(processes) or [[("  no process of this session is left", "dim")]]
        if self._tree.is_attached:  # The answer may come while the screen is being closed.
            self._tree.update(Content("\n").join(map(_line, lines)))

    def action_scroll_lines(self, lines: int) -> None:
        """Scroll, where there are more processes than room."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_go_to_user(self) -> None:
        """The user whose session it is."""
        self.dismiss(UserPlace(self._session.user))


def _line(spans: Sequence[Span]) -> Content:
    return Content.assemble(*((printable(text), f"$whotop-{role.replace('_', '-')}") for text, role in spans))

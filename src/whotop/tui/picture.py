"""A picture: a pane that is drawn as lines of spans, such as charts or the days of a user."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from whotop.tui.intake import News
from whotop.tui.plain_styles import plain_styles
from whotop.tui.roles import RoleStyles
from whotop.tui.row_strip import clipped, measured
from whotop.tui.views.view import Span


class Picture(Widget, can_focus=True):
    """Drawn by ``lines``; ``redraw`` says that they would differ now."""

    name_shown = ""

    def __init__(self, number: int) -> None:
        super().__init__(id=f"pane-{number}")
        self.number = number
        self._lines: Sequence[Sequence[Span]] | None = None
        self._lines_size = (0, 0)
        self._styles: RoleStyles | None = None

    @abstractmethod
    def lines(self, width: int, height: int) -> Sequence[Sequence[Span]]:
        """The picture at this size, from the top."""

    def take(self, news: News) -> None:
        """A batch has come."""

    def tick(self) -> None:
        """A second has passed."""

    def catch_up(self) -> None:
        """It is in sight again."""

    def headline(self) -> str:
        """Its title."""
        return self.name_shown

    def redraw(self) -> None:
        """Draw it anew."""
        self._lines = None
        if self.display:
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        if self._styles is None:
            self._styles = plain_styles(self)
        size = (self.size.width, self.size.height)
        if self._lines is None or self._lines_size != size:
            self._lines, self._lines_size = self.lines(*size), size
        spans, used = measured(self._lines[y] if y < len(self._lines) else [])
        if used > self.size.width:
            spans, used = clipped(spans, self.size.width)
        strip = Strip([Segment(text, self._styles[role]) for text, role in spans], used)
        return strip.adjust_cell_length(self.size.width, self._styles["normal"])

    def notify_style_update(self) -> None:
        """Look up the styles anew: the theme has changed."""
        super().notify_style_update()
        self._styles = None

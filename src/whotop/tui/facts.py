"""Lines of facts above a screen's tables: one each where there is room, else folded."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from textual.strip import Strip

from whotop.tui.folding import folded
from whotop.tui.plain_styles import plain_styles
from whotop.tui.span_line import Piece, SpanLine
from whotop.tui.views.view import Span

SCREEN_LINES_FOR_ONE = 6
"""A line of facts takes no more than so many parts of the screen's height: the tables are below it."""


class Facts(SpanLine):
    """A line of spans that goes on below where it does not fit: why a machine is not reached must be read whole."""

    def __init__(self, *, id: str) -> None:  # noqa: A002  (Textual's own name for it)
        super().__init__(id=id, classes="facts")
        self._lines: list[list[Span]] = []

    def show(self, left: Sequence[Piece], right: Sequence[Piece] = ()) -> None:
        """Say this from now on; ``right`` stands at the end of the line, or behind ``left`` where that is folded."""
        if (left, right) != (self._left, self._right):
            self._left, self._right = left, right
            self._fold()

    def on_resize(self) -> None:
        """There is room for more, or for less."""
        self._fold()

    def _fold(self) -> None:
        most_lines = max(self.app.size.height // SCREEN_LINES_FOR_ONE, 1)
        spans = [(piece.text, piece.role) for piece in (*self._left, *self._right)]
        lines = folded(spans, self.size.width, most_lines)
        if len(lines) == 1:
            lines = [[(piece.text, piece.role) for piece in self._pieces()]]
        if lines == self._lines:
            return
        if len(lines) != len(self._lines):
            self.styles.height = len(lines)
        self._lines = lines
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one of its lines."""
        if self._styles is None:
            self._styles = plain_styles(self)
        line = self._lines[y] if y < len(self._lines) else []
        segments = [Segment(text, self._styles[role]) for text, role in line if text]
        return Strip(segments).adjust_cell_length(self.size.width, self._styles["normal"])

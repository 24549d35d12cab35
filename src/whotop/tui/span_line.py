"""One line of spans that can be pressed: the status line, the key line, the banner.

Drawn by ``render_line`` like the tables, and only the cells that changed are sent: the clock in the
status line ticks all day.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from whotop.tui.plain_styles import plain_styles
from whotop.tui.roles import RoleStyles
from whotop.tui.row_strip import clipped, printable


class Piece(NamedTuple):
    """A text, its role, and the action that pressing it runs ('' for none)."""

    text: str
    role: str = "normal"
    action: str = ""


class SpanLine(Widget):
    """A line with one group of pieces on the left and one on the right, which gives way last."""

    DEFAULT_CSS: ClassVar[str] = "SpanLine { height: 1; }"

    def __init__(self, *, id: str, classes: str = "") -> None:  # noqa: A002  (Textual's own name for it)
        super().__init__(id=id, classes=classes)
        self._left: Sequence[Piece] = ()
        self._right: Sequence[Piece] = ()
        self._drawn: list[Piece] = []
        self._drawn_width = -1
        self._styles: RoleStyles | None = None

    @property
    def text(self) -> str:
        """What the line says."""
        return "".join(piece.text for piece in self._pieces())

    def on_resize(self) -> None:
        """There is room for more, or for less."""
        self.refresh()

    def show(self, left: Sequence[Piece], right: Sequence[Piece] = ()) -> None:
        """Say this from now on."""
        if (left, right) == (self._left, self._right):
            return
        self._left, self._right = left, right
        pieces = self._pieces()
        first, last = _difference(self._drawn, pieces)
        self._drawn, self._drawn_width = pieces, self.size.width
        if first < last:
            self.refresh(Region(first, 0, last - first, 1))

    def _pieces(self) -> list[Piece]:
        right_width = sum(cell_len(piece.text) for piece in self._right)
        left = _fitted(self._left, self.size.width - right_width)
        left_width = sum(cell_len(piece.text) for piece in left)
        spare = max(self.size.width - left_width - right_width, 0)
        return _fitted([*left, Piece(" " * spare), *self._right], self.size.width)

    def render_line(self, y: int) -> Strip:
        """Draw it."""
        if self._styles is None:
            self._styles = plain_styles(self)
        if self._drawn_width != self.size.width:
            self._drawn, self._drawn_width = self._pieces(), self.size.width
        segments = [Segment(piece.text, self._styles[piece.role]) for piece in self._drawn if piece.text]
        return Strip(segments).adjust_cell_length(self.size.width, self._styles["normal"])

    def notify_style_update(self) -> None:
        """Look up the styles anew: the theme has changed."""
        super().notify_style_update()
        self._styles = None

    async def on_click(self, event: events.Click) -> None:
        """Run the action of what was pressed."""
        end = 0
        for piece in self._drawn:
            end += cell_len(piece.text)
            if event.x < end:
                if piece.action:
                    await self.app.run_action(piece.action, self.screen)
                return


def shortened(text: str, width: int) -> str:
    """A text, printable, in at most ``width`` cells."""
    text = printable(text)
    if cell_len(text) <= width:
        return text
    return "".join(piece for piece, _ in clipped([(text, "")], width)[0])


def _fitted(pieces: Sequence[Piece], width: int) -> list[Piece]:
    """The pieces, printable, cut to ``width`` cells."""
    room = max(width, 0)
    kept: list[Piece] = []
    for piece in pieces:
        text = piece.text if piece.text.isprintable() else printable(piece.text)
        length = cell_len(text)
        if length > room:
            cut, _ = clipped([(text, piece.role)], room)
            kept.extend(Piece(short, role, piece.action) for short, role in cut)
            break
        kept.append(piece._replace(text=text))
        room -= length
    return kept


def _difference(before: Sequence[Piece], after: Sequence[Piece]) -> tuple[int, int]:
    """The cells [first, last) in which two lines differ."""
    old = [(character, piece.role) for piece in before for character in piece.text]
    new = [(character, piece.role) for piece in after for character in piece.text]
    if len(old) != len(new) or not all(
        piece.text.isascii() or cell_len(piece.text) == len(piece.text) for piece in after
    ):
        return 0, sum(cell_len(piece.text) for piece in after)
    different = [index for index, (left, right) in enumerate(zip(old, new, strict=True)) if left != right]
    return (different[0], different[-1] + 1) if different else (0, 0)

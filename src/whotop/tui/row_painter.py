"""The lines of a table: its columns laid out for a width, its roles looked up for a theme."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from textual.strip import Strip
from textual.widget import Widget

from whotop.tui.columns import GAP, Column, Placed, lay_out
from whotop.tui.folding import folded
from whotop.tui.roles import RoleStyles, RowState, shows_shades
from whotop.tui.row_strip import Cells, header_strip, line_strip, measured, row_strip

MARKS: dict[RowState, str] = {"plain": " ", "selected": "▌", "blurred": "▏"}
MATCH_MARK = "•"
MOST_LINES_OF_WORDS = 4
ARROW_UP, ARROW_DOWN = "▴", "▾"


class RowPainter:
    """Draws one table's lines in the colours of ``widget``; what it works out it keeps until told."""

    def __init__(self, widget: Widget, columns: Sequence[Column], cells_of: Callable[[Hashable], Cells]) -> None:
        self._widget = widget
        self._columns = tuple(columns)
        self._cells_of = cells_of
        self._placed: list[Placed] = []
        self._width = -1
        self._styles: dict[RowState, RoleStyles] = {}

    def forget_styles(self) -> None:
        """The theme has changed, or the background."""
        self._styles.clear()

    def set_columns(self, columns: Sequence[Column]) -> None:
        """The same columns in the same order, with other widths or priorities."""
        if tuple(columns) != self._columns:
            self._columns = tuple(columns)
            self._width = -1

    def columns_shown(self) -> tuple[Column, ...]:
        """The columns that fit."""
        return tuple(place.column for place in self._layout())

    def column_at(self, x: int) -> Column | None:
        """The column whose cell, or the gap behind it, is there."""
        return next((p.column for p in self._layout() if p.start <= x < p.start + p.width + GAP), None)

    def header(self, sort_key: str, *, descending: bool) -> Strip:
        """The titles."""
        arrow = ARROW_DOWN if descending else ARROW_UP
        return header_strip(self._layout(), self._width, sort_key, arrow, self._styles_for("plain"))

    def row(self, key: Hashable, state: RowState, *, is_match: bool) -> Strip:
        """A row."""
        lead = (MATCH_MARK, "match") if is_match and state == "plain" else (MARKS[state], "title")
        return row_strip(self._layout(), self._cells_of(key), self._width, lead, self._styles_for(state))

    def words(self, text: str, line: int) -> Strip:
        """A text that is no row, in place of the rows: its ``line``, from 0."""
        self._layout()
        lines = folded([(text, "dim")], self._width - 2, MOST_LINES_OF_WORDS)
        spans = lines[line] if line < len(lines) else []
        return line_strip("".join(text for text, _ in spans).strip(), self._width, "dim", self._styles_for("plain"))

    def texts(self, key: Hashable) -> list[str]:
        """The visible cells of a row as plain text."""
        cells = self._cells_of(key)
        return ["".join(text for text, _ in measured(cells[place.number])[0]).strip() for place in self._layout()]

    def _layout(self) -> list[Placed]:
        width = self._widget.scrollable_content_region.width
        if width != self._width:
            self._width = width
            self._placed = lay_out(self._columns, width - 1, start=1)
        return self._placed

    def _styles_for(self, state: RowState) -> RoleStyles:
        if state not in self._styles:
            app = self._widget.app
            self._styles[state] = RoleStyles(
                state,
                app.theme_variables,
                self._widget.visual_style.rich_style,
                coloured=not app.no_color,
                own_shades=shows_shades(app),
            )
        return self._styles[state]

"""The one widget that draws every table: rows by key, drawn when seen, redrawn when changed.

Built on ``ScrollView.render_line``: a repaint costs the lines on screen and not the rows there are
(a DataTable repaints all its visible cells, 45 ms at 200x60, for one that changed). Nothing is kept
per row but its key; ``cells_of`` is asked for a row's text at the moment it is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from itertools import zip_longest
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.reactive import var
from textual.strip import Strip

from whotop.tui.actions import bindings
from whotop.tui.columns import Column
from whotop.tui.redraw_limit import RedrawLimit
from whotop.tui.roles import RowState
from whotop.tui.row_painter import RowPainter
from whotop.tui.row_strip import Cells
from whotop.tui.row_window import HEADER_LINES, RowWindow
from whotop.tui.selection import Key, Rows
from whotop.tui.table_messages import CellPressed, HeaderPressed, Opened, SelectionChanged


class LineTable(RowWindow, can_focus=True):
    """A table of ``columns`` whose cells ``cells_of(key)`` gives: a list of spans for each column.

    ``empty`` is the text shown where there are no rows. Selection is a key: when the order changes
    the selected row keeps its line on screen if the view can scroll so far. A cell given as an
    empty list lets the cell on its left run on into it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("table")]

    sort_key: var[str] = var("", init=False)
    """The key of the column whose title carries the arrow; "" for none."""
    sort_reverse: var[bool] = var(False, init=False)
    """Whether the arrow points down: greatest first."""
    empty: var[str] = var("", init=False)
    """The text shown where there are no rows."""

    def __init__(
        self,
        columns: Sequence[Column],
        cells_of: Callable[[Hashable], Cells],
        *,
        id: str,  # noqa: A002  (Textual's own name for it)
        empty: str,
    ) -> None:
        super().__init__(id=id)
        self.follow = False
        """Whether the view goes after the selected row even when it was out of sight."""
        self._painter = RowPainter(self, columns, cells_of)
        self.set_reactive(LineTable.empty, empty)
        self._rows = Rows()
        self._waiting: Sequence[Key] | None = None
        self._order_frozen = False
        self._holds_line = False
        self._matches: Collection[Key] = frozenset()
        self._limit = RedrawLimit(self, self._redraw)

    def set_order(self, keys: Sequence[Key]) -> None:
        """Show these rows in this order, or as soon as it is no longer frozen.

        The sequence is kept, not copied: give a new one each time. A row that keeps its line is not
        drawn again for it; ``touch`` it if its content has changed as well.
        """
        if self._order_frozen:
            self._waiting = keys
            return
        selected, was_in_sight = self._rows.selected, self.is_in_sight(self._rows.index)
        seen, first = self._keys_in_sight(), self.first_row
        moved = self._rows.reorder(keys)
        self.make_room(len(keys))
        if self.follow or (self._holds_line and was_in_sight):
            self.scroll_rows(moved)
        if self.follow:
            self.bring_into_sight(self._rows.index)
        if first == self.first_row and seen and keys:
            self._refresh_differences(seen, self._keys_in_sight())
        else:
            self.refresh()
        if self._rows.selected != selected:
            self.refresh_row(self._rows.index)
            self.post_message(SelectionChanged(self, self._rows.selected))

    @property
    def is_behind(self) -> bool:
        """Whether changed rows still wait to be redrawn."""
        return self._limit.is_holding

    def touch(self, keys: Iterable[Key]) -> None:
        """Say that these rows have changed; those in sight are redrawn, at most ten times a second."""
        self._limit.touch(keys)

    def select(self, key: Key) -> bool:
        """Select a row and bring it into sight; false if there is none with that key."""
        before = self._rows.index
        if not self._rows.select(key):
            return False
        self._moved_from(before)
        return True

    def matches(self, keys: Collection[Key]) -> None:
        """Mark these rows as found, for ``next_match`` and ``previous_match`` to go through."""
        self._matches = keys
        self.refresh()

    def next_match(self) -> bool:
        """Select the next marked row, going round at the end; false if there is none."""
        return self._go_to_match(1)

    def previous_match(self) -> bool:
        """Select the marked row before, going round at the start; false if there is none."""
        return self._go_to_match(-1)

    @property
    def selected(self) -> Key | None:
        """The key of the selected row, ``None`` when there are no rows."""
        return self._rows.selected

    @property
    def keys(self) -> Sequence[Key]:
        """The rows in their order."""
        return self._rows.keys

    def set_columns(self, columns: Sequence[Column]) -> None:
        """The same columns in the same order, with other widths or priorities, from the next refresh on."""
        self._painter.set_columns(columns)

    @property
    def columns_shown(self) -> tuple[Column, ...]:
        """The columns that fit."""
        return self._painter.columns_shown()

    @property
    def order_frozen(self) -> bool:
        """While set, a new order only waits; it is taken when this is released."""
        return self._order_frozen

    @order_frozen.setter
    def order_frozen(self, frozen: bool) -> None:
        self._order_frozen = frozen
        if not frozen and self._waiting is not None:
            waiting, self._waiting = self._waiting, None
            self.set_order(waiting)

    def watch_sort_key(self) -> None:
        """Draw the titles again."""
        self.refresh_line(0)

    def watch_sort_reverse(self) -> None:
        """Draw the titles again."""
        self.refresh_line(0)

    def watch_empty(self) -> None:
        """Draw it again, if there are no rows."""
        if not self._rows.keys:
            self.refresh()

    def text_of(self, key: Key) -> str:
        """The visible columns of a row as plain text, two spaces between them."""
        return "  ".join(cell for cell in self._painter.texts(key) if cell)

    def rows_as_text(self) -> list[list[str]]:
        """The visible columns of all rows in their order, the titles first."""
        return [[column.title for column in self.columns_shown], *map(self._painter.texts, self._rows.keys)]

    def render_line(self, y: int) -> Strip:
        """Draw one line: the titles, a row, or what says that there is none."""
        if y < HEADER_LINES:
            return self._painter.header(self.sort_key, descending=self.sort_reverse)
        index = y - HEADER_LINES + self.first_row
        if index < len(self._rows.keys):
            return self._row_line(self._rows.keys[index])
        return self._painter.words("" if self._rows.keys else self.empty, y - HEADER_LINES)

    def _row_line(self, key: Key) -> Strip:
        return self._painter.row(key, self._state_of(key), is_match=key in self._matches)

    def _state_of(self, key: Key) -> RowState:
        if key != self._rows.selected:
            return "plain"
        return "selected" if self.has_focus else "blurred"

    def notify_style_update(self) -> None:
        """Look up the styles anew: the theme or the focus has changed."""
        super().notify_style_update()
        self._painter.forget_styles()

    def _redraw(self, keys: set[Key]) -> None:
        for line, key in enumerate(self._keys_in_sight(), HEADER_LINES):
            if key in keys:
                self.refresh_line(line)

    def _refresh_differences(self, before: Sequence[Key], after: Sequence[Key]) -> None:
        for line, (old, new) in enumerate(zip_longest(before, after), HEADER_LINES):
            if old != new:
                self.refresh_line(line)

    def _keys_in_sight(self) -> Sequence[Key]:
        first = self.first_row
        return self._rows.keys[first : first + self.lines_of_rows]

    def _moved_from(self, before: int) -> None:
        self._holds_line = True
        if self._rows.index == before:
            return self.bring_into_sight(self._rows.index)
        self.refresh_row(before)
        self.bring_into_sight(self._rows.index)
        self.refresh_row(self._rows.index)
        self.post_message(SelectionChanged(self, self._rows.selected))
        return None

    def _go_to_match(self, step: int) -> bool:
        index = self._rows.nearest_match(self._matches, step)
        if index is not None:
            self._select_at(index)
        return index is not None

    def _select_at(self, index: int) -> None:
        before = self._rows.index
        self._rows.select_at(index)
        self._moved_from(before)

    def action_open(self) -> None:
        """Open the selected row; one out of sight is only brought into it: nothing opens unseen."""
        if self._rows.selected is None:
            return
        if self.is_in_sight(self._rows.index):
            self.post_message(Opened(self, self._rows.selected))
        else:
            self.bring_into_sight(self._rows.index)

    def action_move(self, rows: int) -> None:
        """Select the row that many below (above if negative)."""
        self._select_at(self._rows.index + rows)

    def action_move_pages(self, pages: float) -> None:
        """Move by a part of what is in sight, view and selection together."""
        rows = round(pages * self.lines_of_rows)
        self.scroll_rows(rows)
        self._select_at(self._rows.index + rows)

    def action_top(self) -> None:
        """Select the first row, and keep the view at the top whatever moves."""
        self._select_at(0)
        self._holds_line = False

    def action_bottom(self) -> None:
        """Select the last row."""
        self._select_at(len(self._rows.keys) - 1)

    def on_click(self, event: events.Click) -> None:
        """Select with one click, open with two, sort by clicking a title."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        column = self._painter.column_at(offset.x)
        if offset.y < HEADER_LINES:
            if column is not None and column.sortable:
                self.post_message(HeaderPressed(self, column.key))
            return
        index = offset.y - HEADER_LINES + self.first_row
        if index >= len(self._rows.keys):
            return
        key, before = self._rows.keys[index], self._rows.selected
        self._select_at(index)
        if event.chain == 2 and key == before:  # not what slid under the pointer between the clicks
            self.post_message(Opened(self, key))
        elif column is not None:
            self.post_message(CellPressed(self, key, column.key))

"""A window of lines over rows known by their number, below a header that stays."""

from __future__ import annotations

from textual.geometry import Region, Size
from textual.scroll_view import ScrollView

HEADER_LINES = 1


class RowWindow(ScrollView):
    """Which rows are in sight, and how to bring others into it; what they are is its heir's affair."""

    DEFAULT_CSS = """
    RowWindow {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        height: 1fr;
    }
    """

    @property
    def first_row(self) -> int:
        """The number of the row on the line below the header."""
        return self.scroll_offset.y

    @property
    def lines_of_rows(self) -> int:
        """How many rows fit."""
        return max(self.size.height - HEADER_LINES, 0)

    def is_in_sight(self, row: int) -> bool:
        """Whether that row has a line now."""
        return 0 <= row - self.first_row < self.lines_of_rows

    def scroll_rows(self, rows: int) -> None:
        """Scroll down by so many rows, up if negative, at once."""
        if rows:
            self.scroll_to(y=self.first_row + rows, animate=False, force=True)

    def bring_into_sight(self, row: int) -> None:
        """Scroll no further than it takes to see that row."""
        if row < self.first_row:
            self.scroll_rows(row - self.first_row)
        elif self.lines_of_rows and row >= self.first_row + self.lines_of_rows:
            self.scroll_rows(row - self.first_row - self.lines_of_rows + 1)

    def refresh_line(self, y: int) -> None:
        """Draw one line of the window again, counted from its header."""
        self.refresh(Region(0, y, self.size.width, 1))

    def refresh_row(self, row: int) -> None:
        """Draw a row again, if it is in sight."""
        if self.is_in_sight(row):
            self.refresh_line(row - self.first_row + HEADER_LINES)

    def make_room(self, rows: int) -> None:
        """Tell Textual how many there are; a new layout (and a repaint) only where the scroll bar comes or goes."""
        lines, height = rows + HEADER_LINES, self.size.height
        if (lines > height) != (self.virtual_size.height > height):
            self.virtual_size = Size(0, lines)
            return
        self.set_reactive(RowWindow.virtual_size, Size(0, lines))
        if self.show_vertical_scrollbar:
            self.vertical_scrollbar.window_virtual_size = lines
        if self.first_row > self.max_scroll_y:
            self.scroll_rows(round(self.max_scroll_y) - self.first_row)

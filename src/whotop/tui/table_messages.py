"""What a table tells the screen it stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from whotop.tui.selection import Key

if TYPE_CHECKING:
    from whotop.tui.line_table import LineTable


class TableMessage(Message):
    """Something happened in ``table``."""

    def __init__(self, table: LineTable) -> None:
        super().__init__()
        self.table = table

    @property
    def control(self) -> LineTable:
        """The table, for ``@on(..., "#id")``."""
        return self.table


class Opened(TableMessage, namespace="line_table"):
    """A row was opened: enter or a double click."""

    def __init__(self, table: LineTable, key: Key) -> None:
        super().__init__(table)
        self.key = key


class SelectionChanged(TableMessage, namespace="line_table"):
    """Another row is selected; ``key`` is ``None`` when there are no rows any more."""

    def __init__(self, table: LineTable, key: Key | None) -> None:
        super().__init__(table)
        self.key = key

    def can_replace(self, message: Message) -> bool:
        """Only the last of several counts."""
        return isinstance(message, SelectionChanged) and message.table is self.table


class HeaderPressed(TableMessage, namespace="line_table"):
    """The title of a sortable column was clicked."""

    def __init__(self, table: LineTable, column_key: str) -> None:
        super().__init__(table)
        self.column_key = column_key


class CellPressed(TableMessage, namespace="line_table"):
    """A cell was clicked, once; the row is selected already."""

    def __init__(self, table: LineTable, key: Key, column_key: str) -> None:
        super().__init__(table)
        self.key = key
        self.column_key = column_key

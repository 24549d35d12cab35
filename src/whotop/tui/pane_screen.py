"""Tiles, and what keys do to the table that is in focus: filter, sort, copy, write, open."""

from __future__ import annotations

from contextlib import suppress
from typing import ClassVar

from textual.binding import BindingType

from whotop.errors import QueryError
from whotop.tui.actions import bindings
from whotop.tui.alert_keys import AlertKeys
from whotop.tui.desk import Desk
from whotop.tui.filter_line import FilterLine
from whotop.tui.go_to import GoTo
from whotop.tui.pane import Pane
from whotop.tui.table_messages import HeaderPressed, Opened
from whotop.tui.views.place import Place

_ABOUT_A_ROW = frozenset({"open", "copy", "copy_row", "follow"})
_ABOUT_USAGE = frozenset({"usage_period", "usage_range"})
_ABOUT_A_TABLE = _ABOUT_A_ROW | {"filter", "next_match", "previous_match", "sort", "reverse", "write"}


class PaneScreen(AlertKeys):
    """What the fleet, machine and user screens have in common."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("panes")]
    place: Place | None = None
    """Where this is, for whoever wants to go there again."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._filter_before = ""
        self._filtered: Pane | None = None
        """The table whose filter is being typed."""

    def action_follow(self) -> None:
        """Let the view go after the selected row, or no more."""
        if (pane := self._table("follow")) is not None:
            pane.follow = not pane.follow
            self.say("following the selected row" if pane.follow else "no longer following")

    async def action_filter(self) -> None:
        """Begin to type a filter."""
        if (pane := self._table("filter")) is None:
            return
        self._filtered = pane
        self._filter_before = pane.query_in_force.text if pane.query_in_force else ""
        pane.start_typing_filter()
        await self.filter_line.open(pane.view.name.lower(), self._filter_before)

    def on_filter_line_changed(self, message: FilterLine.Changed) -> None:
        """Filter as one types; what cannot be read changes nothing but the advice."""
        if self._filtered is None:
            return
        try:
            self._filtered.filter_while_typed(message.text)
        except QueryError as error:
            self.filter_line.advise(error.what)
        else:
            self.filter_line.advise("")
        self.show_titles()

    def on_filter_line_kept(self) -> None:
        """Back to the table, which stays filtered: by what was typed, or else by the last that could be read."""
        if self._filtered is not None:
            with suppress(QueryError):
                self._filtered.filter_by(self.filter_line.text)
        self._close_filter_line()

    def _close_filter_line(self) -> None:
        pane, self._filtered = self._filtered, None
        if pane is not None:
            has_focus = self.filter_line.has_focus_within
            self.filter_line.close()
            pane.stop_typing_filter()
            if has_focus:
                pane.focus()
            self.show_titles()

    def action_next_match(self) -> None:
        """The next row that matches."""
        if (pane := self._table("next_match")) is not None:
            pane.go_to_match(pane.next_match)

    def action_previous_match(self) -> None:
        """The row before that matches."""
        if (pane := self._table("previous_match")) is not None:
            pane.go_to_match(pane.previous_match)

    def action_sort(self) -> None:
        """Choose what to sort by."""
        if (pane := self._table("sort")) is None:
            return
        from whotop.tui.choice_menu import ChoiceMenu

        choices = [(column.key, column.title or column.key) for column in pane.view.columns if column.sortable]
        self.app.push_screen(ChoiceMenu("Sort by", choices, pane.sort_key), self._sort_chosen)

    def _sort_chosen(self, column: str | None) -> None:
        if column is not None and isinstance(self.current, Pane):
            self.current.sort_by(column)

    def action_usage_period(self) -> None:
        """Only the screen of usage can."""
        self.say(self.why_not("usage_period"))

    def action_usage_range(self) -> None:
        """Only the screen of usage can."""
        self.say(self.why_not("usage_range"))

    def action_reverse(self) -> None:
        """Turn the order round."""
        if (pane := self._table("sort")) is not None:
            pane.sort_by(pane.sort_key)

    def on_line_table_header_pressed(self, message: HeaderPressed) -> None:
        """A pressed title sorts; pressed again it turns the order round."""
        if isinstance(message.table, Pane):
            message.table.sort_by(message.column_key)

    def on_line_table_opened(self, message: Opened) -> None:
        """Go where the row leads."""
        if isinstance(message.table, Pane):
            place = message.table.place()
            if place is None:
                self.say("this row leads nowhere")
            else:
                self.post_message(GoTo(place))

    def action_copy_name(self) -> None:
        """Copy the name in the selected row."""
        if (pane := self._table("copy")) is not None:
            self._copy(pane.title_of_row())

    def action_copy_row(self) -> None:
        """Copy the selected row."""
        if (pane := self._table("copy_row")) is not None:
            self._copy(pane.text_of(pane.selected))

    def _copy(self, text: str) -> None:
        self.app.copy_to_clipboard(text)
        self.say(f"copied: {text}")

    def action_write_table(self) -> None:
        """Write the table as it stands, filter and sort kept."""
        if (pane := self._table("write")) is None:
            return
        from whotop.tui.table_file import write_table

        options, scene = self.desk.options, self.desk.scene
        name = "-".join(["whotop", *self.desk.crumbs()[1:], pane.view.name.lower()])
        try:
            path = write_table(options.table_folder, name, pane.rows_as_text(), scene.clock.now_us(), scene.zone)
        except OSError as error:
            self.say(f"cannot write {error.filename}: {error.strerror}", "error")
        else:
            self.say(f"written: {path}")

    def why_not(self, action_id: str) -> str:
        """Why an action cannot work just now; '' if it can."""
        tile = self.current
        if action_id.startswith("pane_") and int(action_id.removeprefix("pane_")) > len(self.tiles):
            return "there is no such pane here"
        if action_id in _ABOUT_USAGE:
            return "only the screen of usage counts by periods"
        if action_id not in _ABOUT_A_TABLE:
            return self.why_nothing_in_hand(action_id) or self.why_no_alert(action_id)
        if not isinstance(tile, Pane):
            return "this pane is no table"
        if action_id in ("next_match", "previous_match") and tile.query_in_force is None and tile.last_query is None:
            return "no filter says yet what to look for"
        if action_id in _ABOUT_A_ROW and tile.selected is None:
            return "there is no row"
        return ""

    def _table(self, action_id: str) -> Pane | None:
        """The table that an action is about; if it cannot work, the reader is told why."""
        reason = self.why_not(action_id)
        if reason:
            self.say(reason)
        return self.current if isinstance(self.current, Pane) and not reason else None

    def has_layers(self) -> bool:
        """Whether ``peel`` would find something to take away."""
        is_filtered = isinstance(self.current, Pane) and self.current.query_in_force is not None
        return self.maximised or is_filtered or self.filter_line.is_open

    def peel(self) -> bool:
        """Take away the topmost layer of this screen; false if it has none."""
        if self.filter_line.is_open:
            return self._take_back_filter()
        pane = self.current
        if isinstance(pane, Pane) and pane.query_in_force is not None:
            pane.filter_by("")
            self.show_titles()
            return True
        if self.maximised:
            self.action_maximise_pane()
            return True
        return False

    def _take_back_filter(self) -> bool:
        if self._filtered is not None:
            self._filtered.filter_by(self._filter_before)
        self._close_filter_line()
        return True

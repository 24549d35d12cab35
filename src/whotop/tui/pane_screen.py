"""What the fleet, machine and user screens have in common: up to four tiles and the lines around them.

Below 100 cells one tile is shown at a time, from 100 two side by side, from 160x40 all four.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.style import Style

from whotop.core.feed import Sampled
from whotop.errors import QueryError
from whotop.tui.actions import bindings
from whotop.tui.choice_menu import ChoiceMenu
from whotop.tui.desk import Desk
from whotop.tui.filter_line import FilterLine
from whotop.tui.intake import News
from whotop.tui.key_line import KeyLine
from whotop.tui.pane import Pane
from whotop.tui.span_line import Piece, SpanLine
from whotop.tui.status_line import StatusLine
from whotop.tui.table_file import write_table
from whotop.tui.table_messages import HeaderPressed, Opened
from whotop.tui.throttle import Throttle
from whotop.tui.tile import Tile
from whotop.tui.views.place import Place
from whotop.tui.views.totals import totals_of

TWO_ABREAST_WIDTH = 100
ALL_FOUR_SIZE = (160, 40)
COUNT_SECONDS = 0.5

_ABOUT_A_ROW = frozenset({"open", "copy", "follow"})
_ABOUT_A_TABLE = _ABOUT_A_ROW | {"filter", "next_match", "previous_match", "sort", "reverse", "write"}


class GoTo(Message):
    """Somebody wants to see this place."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place


class PaneScreen(Screen[None]):
    """Tiles are numbered from 1; the one in focus is the one that keys are about."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("panes")]
    AUTO_FOCUS = ""
    place: Place | None = None
    """Where this is, for whoever wants to go there again."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.tiles: Sequence[Tile] = self.make_tiles()
        self._current = 1
        self._maximised = False
        self._missed = False
        self._filter_before = ""
        self._status = StatusLine(desk)
        self._banner = SpanLine(id="banner")
        self._filter_line = FilterLine()
        self._upper, self._lower = Horizontal(id="upper"), Horizontal(id="lower")
        self._tiles_box = Vertical(id="tiles")
        self._count = Throttle(self, COUNT_SECONDS, self._recount, desk.scene.clock.monotonic)

    @property
    @abstractmethod
    def crumb(self) -> str:
        """The screen's name in the breadcrumb."""

    @abstractmethod
    def make_tiles(self) -> Sequence[Tile]:
        """The tiles, in the order of their numbers; at most four."""

    def compose_header(self) -> ComposeResult:
        """What stands above the tiles; nothing unless a screen says otherwise."""
        yield from ()

    def compose(self) -> ComposeResult:
        """Lines above and below, tiles two by two between them."""
        yield self._status
        yield self._banner
        yield from self.compose_header()
        with self._tiles_box:
            with self._upper:
                yield from self.tiles[:2]
            with self._lower:
                yield from self.tiles[2:]
        yield self._filter_line
        yield KeyLine(self.desk.keys)

    def on_mount(self) -> None:
        """Begin with the first tile."""
        self._banner.display = False
        self._lay_out()
        self.tiles[0].focus()
        self._recount()

    def on_resize(self, event: events.Resize) -> None:
        """Show as many tiles as there is room for now."""
        self._lay_out()
        self._status.update()

    # What the app tells it

    def take(self, news: News) -> None:
        """A batch has been applied."""
        for tile in self.tiles:
            tile.take(news)
        if any(not isinstance(change, Sampled) for change in news.changes):
            self._count.ask()

    def miss(self) -> None:
        """A batch was applied while another screen stood over this one."""
        self._missed = True

    def tick(self) -> None:
        """A second has passed."""
        for tile in self.tiles:
            if tile.display:
                tile.tick()
        self._status.update()
        self._show_banner()

    def on_screen_suspend(self) -> None:
        """Something stands over it: nothing moves under the cursor until that is gone."""
        for pane in self.panes:
            pane.order_frozen = True

    def on_screen_resume(self) -> None:
        """It is on top again."""
        for pane in self.panes:
            pane.order_frozen = False
            if self._missed:
                pane.reload()
        if self._missed:
            self._missed = False
            self.missed_something()
            self._recount()

    def missed_something(self) -> None:
        """Called when it is on top again and batches have come meanwhile."""

    def _recount(self) -> None:
        self._status.totals = totals_of(self.desk.fleet)
        self._status.update()
        self._show_banner()
        self._title()

    def _show_banner(self) -> None:
        banner, text = self._banner, self.desk.banner()
        if banner.display != bool(text):
            banner.display = bool(text)
        if text:
            banner.show([Piece(f" ! {text}", "error")])

    # Tiles

    @property
    def panes(self) -> list[Pane]:
        """Those tiles that are tables."""
        return [tile for tile in self.tiles if isinstance(tile, Pane)]

    @property
    def current(self) -> Tile:
        """The tile that keys are about."""
        return self.tiles[self._current - 1]

    def show_tile(self, number: int) -> None:
        """Bring a tile to the front and put the focus on it."""
        if not 1 <= number <= len(self.tiles):
            self.say("there is no such pane here")
            return
        self._current = number
        self._lay_out()
        self.current.focus()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """The tile that a click or a key went to is the current one."""
        widget = event.widget
        for tile in self.tiles:
            if tile is widget:
                self._current = tile.number
                self._title()

    def _numbers_shown(self) -> set[int]:
        width, height = self.app.size
        if self._maximised or width < TWO_ABREAST_WIDTH:
            return {self._current}
        if width >= ALL_FOUR_SIZE[0] and height >= ALL_FOUR_SIZE[1]:
            return {1, 2, 3, 4}
        return {1, 2} if self._current <= 2 else {3, 4}

    def _lay_out(self) -> None:
        shown = self._numbers_shown()
        for tile in self.tiles:
            tile.display = tile.number in shown
            if tile.display:
                tile.catch_up()
        self._upper.display = bool(shown & {1, 2})
        self._lower.display = bool(shown & {3, 4})
        self._tiles_box.set_class(len(shown) == 1, "-one")
        self._tiles_box.set_class(self._maximised, "-maximised")
        self._title()

    def _title(self) -> None:
        """Each tile's own title; those out of sight are named on the last one in sight."""
        shown = [tile for tile in self.tiles if tile.display]
        hidden = [tile for tile in self.tiles if not tile.display]
        for tile in shown:
            named = [tile, *hidden] if tile is shown[-1] else [tile]
            title = Content("  ").join(map(self._headline, named))
            if title != tile._border_title:
                tile.border_title = title

    def _headline(self, tile: Tile) -> Content:
        press = Style.from_meta({"@click": f"screen.pane({tile.number})"})
        return Content.assemble((f"{tile.number} {tile.headline()}", press + Style(bold=tile is self.current)))

    # Keys

    def action_pane(self, number: int) -> None:
        """The pane of that number."""
        self.show_tile(number)

    def action_next_pane(self) -> None:
        """The next pane, going round."""
        self.show_tile(self._current % len(self.tiles) + 1)

    def action_previous_pane(self) -> None:
        """The pane before, going round."""
        self.show_tile((self._current - 2) % len(self.tiles) + 1)

    def action_maximise_pane(self) -> None:
        """Give the pane all the room, or give it back."""
        self._maximised = not self._maximised
        self._lay_out()

    def action_follow(self) -> None:
        """Let the view go after the selected row, or no more."""
        if (pane := self._table("follow")) is not None:
            pane.follow = not pane.follow
            self.say("following the selected row" if pane.follow else "no longer following")

    def action_filter(self) -> None:
        """Begin to type a filter."""
        if (pane := self._table("filter")) is None:
            return
        self._filter_before = pane.query_in_force.text if pane.query_in_force else ""
        pane.start_typing_filter()
        self._filter_line.open(pane.view.name.lower(), self._filter_before)

    def on_filter_line_changed(self, message: FilterLine.Changed) -> None:
        """Filter as one types; what cannot be read changes nothing but the advice."""
        if isinstance(self.current, Pane):
            try:
                self.current.filter_by(message.text)
            except QueryError as error:
                self._filter_line.advise(error.what)
            else:
                self._filter_line.advise("")
            self._title()

    def on_filter_line_kept(self) -> None:
        """Back to the table, which stays filtered."""
        self._close_filter_line()

    def _close_filter_line(self) -> None:
        if self._filter_line.is_open and isinstance(self.current, Pane):
            self._filter_line.close()
            self.current.stop_typing_filter()
            self.current.focus()
            self._title()

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
        choices = [(column.key, column.title or column.key) for column in pane.view.columns if column.sortable]
        self.app.push_screen(ChoiceMenu("Sort by", choices, pane.sort_key), self._sort_chosen)

    def _sort_chosen(self, column: str | None) -> None:
        if column is not None and isinstance(self.current, Pane):
            self.current.sort_by(column)

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

    def action_copy_row(self) -> None:
        """Copy the selected row."""
        pane = self._table("copy")
        if pane is not None:
            text = pane.text_of(pane.selected)
            self.app.copy_to_clipboard(text)
            self.say(f"copied: {text}")

    def action_write_table(self) -> None:
        """Write the table as it stands, filter and sort kept."""
        if (pane := self._table("write")) is None:
            return
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
        if action_id not in _ABOUT_A_TABLE:
            return ""
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

    def say(self, text: str, severity: str = "information") -> None:
        """Tell the reader something for a few seconds; ``text`` is never read as markup."""
        self.notify(text, severity="error" if severity == "error" else "information", markup=False, timeout=4)

    def has_layers(self) -> bool:
        """Whether ``peel`` would find something to take away."""
        is_filtered = isinstance(self.current, Pane) and self.current.query_in_force is not None
        return self._maximised or is_filtered or self._filter_line.is_open

    def peel(self) -> bool:
        """Take away the topmost layer of this screen; false if it has none."""
        if self._filter_line.is_open:
            return self._take_back_filter()
        pane = self.current
        if isinstance(pane, Pane) and pane.query_in_force is not None:
            pane.filter_by("")
            self._title()
            return True
        if self._maximised:
            self.action_maximise_pane()
            return True
        return False

    def _take_back_filter(self) -> bool:
        if isinstance(self.current, Pane):
            self.current.filter_by(self._filter_before)
        self._close_filter_line()
        return True

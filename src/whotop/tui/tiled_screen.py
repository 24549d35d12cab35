"""Up to five tiles and the lines around them: what every screen of the fleet is made of.

Below 100 cells one tile is shown at a time, from 100 two side by side, from 160x40 all.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.style import Style

from whotop.core.feed import Sampled
from whotop.tui.desk import Desk
from whotop.tui.filter_line import FilterLine
from whotop.tui.intake import News
from whotop.tui.key_line import KeyLine
from whotop.tui.pane import Pane
from whotop.tui.span_line import Piece, SpanLine
from whotop.tui.status_line import StatusLine
from whotop.tui.throttle import Throttle
from whotop.tui.tile import Tile
from whotop.tui.views.totals import totals_of

TWO_ABREAST_WIDTH = 100
ALL_FOUR_SIZE = (160, 40)
COUNT_SECONDS = 0.5
FLASH_SECONDS = 0.7
_PAIRS = ({1, 2}, {3, 4}, {5})
"""Tiles that stand side by side where there is not room for all."""


class Beside(Horizontal):
    """Tiles side by side, which cover it."""

    BLANK = True


class Above(Vertical):
    """Tiles above each other, which cover it."""

    BLANK = True


class TiledScreen(Screen[None]):
    """Tiles are numbered from 1; the one in focus is the one that keys are about."""

    AUTO_FOCUS = ""
    BLANK = True
    """What stands on it covers it: nothing of its own is drawn again when the clock ticks."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.tiles: Sequence[Tile] = self.make_tiles()
        self._current = 1
        self.maximised = False
        self._missed = False
        self._status = StatusLine(desk)
        self._banner = SpanLine(id="banner")
        self.filter_line = FilterLine()
        self._key_line = KeyLine(desk.keys)
        self._upper, self._lower, self._tiles_box = Beside(id="upper"), Beside(id="lower"), Above(id="tiles")
        self._count = Throttle(self, COUNT_SECONDS, self._recount, desk.scene.clock.monotonic)

    @property
    @abstractmethod
    def crumb(self) -> str:
        """The screen's name in the breadcrumb."""

    @abstractmethod
    def make_tiles(self) -> Sequence[Tile]:
        """The tiles, in the order of their numbers; at most five."""

    def compose_header(self) -> ComposeResult:
        """What stands above the tiles; nothing unless a screen says otherwise."""
        yield from ()

    def compose(self) -> ComposeResult:
        """Lines above and below; between them two tiles above and the others below."""
        yield self._status
        yield self._banner
        yield from self.compose_header()
        with self._tiles_box:
            with self._upper:
                yield from self.tiles[:2]
            with self._lower:
                yield from self.tiles[2:]
        yield self.filter_line
        yield self._key_line

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

    def flash(self) -> None:
        """Catch the eye: the first line is reversed for a moment."""
        self._status.add_class("-flash")
        self.set_timer(FLASH_SECONDS, lambda: self._status.remove_class("-flash"))

    def _recount(self) -> None:
        self._status.totals = totals_of(self.desk.fleet, self.desk.scene.now_us())
        self._status.update()
        self._show_banner()
        self.show_titles()

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
        self.set_focus(self.current, scroll_visible=False)  # at once: what is typed ahead is about this tile

    def leading_actions(self) -> Collection[str]:
        """What can be done with what is in focus, by id: said first in the line of keys."""
        return self.current.view.leading_actions if isinstance(self.current, Pane) else ()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """The tile that a click or a key went to is the current one."""
        widget = event.widget
        for tile in self.tiles:
            if tile is widget:
                self._current = tile.number
                self.show_titles()
                self._key_line.lead_with(self.leading_actions())

    def _numbers_shown(self) -> set[int]:
        width, height = self.app.size
        if self.maximised or width < TWO_ABREAST_WIDTH:
            return {self._current}
        if width >= ALL_FOUR_SIZE[0] and height >= ALL_FOUR_SIZE[1]:
            return {1, 2, 3, 4, 5}
        return next(pair for pair in _PAIRS if self._current in pair)

    def _lay_out(self) -> None:
        shown = self._numbers_shown()
        for tile in self.tiles:
            tile.display = tile.number in shown
            if tile.display:
                tile.catch_up()
        self._upper.display = bool(shown & {1, 2})
        self._lower.display = bool(shown & {3, 4, 5})
        self._tiles_box.set_class(len(shown) == 1, "-one")
        self._tiles_box.set_class(self.maximised, "-maximised")
        self.show_titles()

    def show_titles(self) -> None:
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
        self.maximised = not self.maximised
        self._lay_out()

    def say(self, text: str, severity: str = "information") -> None:
        """Tell the reader something for a few seconds; ``text`` is never read as markup."""
        self.notify(text, severity="error" if severity == "error" else "information", markup=False, timeout=4)

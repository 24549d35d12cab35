"""The app: keeps a replica of the fleet from a feed's batches, and shows screens over each other.

The first paint waits for nothing: the feed is made after it, and the screens over the first are
imported when they are asked for (20 ms for all). Each batch is applied here, and the screen on top
is told which keys it touched: nothing else redraws.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import ClassVar, TypeAlias

import msgspec
from textual.binding import BindingType
from textual.driver import Driver
from textual.events import Key
from textual.widgets import Input
from textual.worker import WorkerFailed

from whotop.clock import Clock, SystemClock
from whotop.core.feed import Feed
from whotop.core.fleet import Fleet
from whotop.core.rules.settings import RuleSettings
from whotop.errors import WhotopError
from whotop.tui.actions import ACTION_BY_ID, bindings
from whotop.tui.desk import Desk
from whotop.tui.fleet_screen import FleetScreen
from whotop.tui.intake import Intake, News
from whotop.tui.keymap import for_textual, keymap
from whotop.tui.options import Limits, ScreenOptions
from whotop.tui.pane_screen import PaneScreen
from whotop.tui.places_app import PlacesApp
from whotop.tui.views.place import Place
from whotop.tui.views.scene import Scene

INTERRUPTED = 130
"""Exit code after ctrl+c, as a shell has it after SIGINT."""

MakeFeed: TypeAlias = Callable[[], Awaitable[Feed]]
Reload: TypeAlias = Callable[[], Awaitable[str]]
"""Reads the configuration again and returns in words what has changed."""
Snapshot: TypeAlias = Callable[[Fleet], Awaitable[Path]]
"""Writes a report of the fleet as it stands and returns where."""


class WhotopApp(PlacesApp):
    """``whotop`` on a terminal. After ``run``, ``fleet`` is what was last seen, for the report."""

    TITLE = "whotop"
    CSS_PATH = "whotop.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("everywhere")]

    def __init__(
        self,
        make_feed: MakeFeed,
        *,
        clock: Clock | None = None,
        options: ScreenOptions | None = None,
        snapshot: Snapshot | None = None,
        reload: Reload | None = None,
    ) -> None:
        super().__init__((options := options or ScreenOptions()).alerts)
        self.fleet = Fleet()
        scene = Scene(self.fleet, clock or SystemClock(), options.zone, options.limits)
        self._keys = keymap(options.keys)
        self.desk = Desk(scene, Intake(self.fleet), options, self._keys, crumbs=self._crumbs)
        self._make_feed = make_feed
        self._snapshot = snapshot
        self._reload = reload
        self.set_keymap(for_textual(self._keys))
        warnings = self.load_themes(options.theme, options.theme_folder)
        self._warnings = (*warnings, *options.warnings)

    def get_driver_class(self) -> type[Driver]:
        """One that survives the loss of its terminal, where Textual's own is for such terminals."""
        from textual.drivers.linux_driver import LinuxDriver  # no test and no report needs it

        usual = super().get_driver_class()
        if usual is not LinuxDriver:
            return usual
        from whotop.tui.terminal import Terminal

        return Terminal

    def get_default_screen(self) -> FleetScreen:
        """The screen under all others."""
        return FleetScreen(self.desk)

    def on_mount(self) -> None:
        """One timer for all that ages; then, behind the first paint, the feed."""
        self.set_interval(1.0, self._tick)
        self.app_resume_signal.subscribe(self, self._draw_all)
        if not self.desk.options.theme:
            self.theme_for_terminal()
        for warning in self._warnings:
            self._say(warning, "warning")
        self.call_after_refresh(self._start_feed)

    def _draw_all(self, _: object) -> None:
        """After ``fg`` the terminal is empty, which Textual does not take into account."""
        self.refresh(layout=True)

    def judged_by(self, rules: RuleSettings, limits: Limits) -> None:
        """Alerts come of these rules from now on, and figures from these limits on wear ``▲``."""
        self.desk.scene.limits = limits
        self.desk.options = msgspec.structs.replace(self.desk.options, rules=rules, limits=limits)

    # The feed

    def _start_feed(self) -> None:
        self.run_worker(self._read_feed(), name="feed", group="feed")

    async def _read_feed(self) -> None:
        desk = self.desk
        try:
            desk.feed = await self._make_feed()
            self._tick()
            async for batch in desk.feed.batches():
                self.hear(batch, desk.scene.clock.now_us())
                news = desk.intake.take(batch)
                if news is not None:
                    self._deliver(news)
        except WhotopError as error:
            desk.trouble = str(error)
        else:
            desk.trouble = "the feed has ended: what is shown is as of then"
        self._tick()

    def _deliver(self, news: News) -> None:
        on_top, *below = [screen for screen in reversed(self.screen_stack) if isinstance(screen, PaneScreen)]
        on_top.take(news)
        for screen in below:
            screen.miss()

    def _tick(self) -> None:
        if self.has_screens():  # none are left while the app closes, and its timer may still come
            self._top_screen().tick()

    # Keys

    def on_key(self, event: Key) -> None:
        """Give a letter to the box that has been opened since it was typed: fast hands and slow links do that.

        A box keeps its own letters, so one that comes here was on its way to a table.
        """
        if event.is_printable and isinstance(self.focused, Input):
            event.prevent_default()
            self.focused.post_message(Key(event.key, event.character))

    def action_peel(self) -> None:
        """Take away one layer: a dialog, what the screen has, the screen; never the last one."""
        screen = self.screen
        if not isinstance(screen, PaneScreen):
            screen.dismiss(None)
        elif not screen.peel():
            if len(self._crumbs()) > 1:
                self.pop_screen()
            else:
                self._say("nothing left to go back from: q quits")

    def action_pause(self) -> None:
        """Stop the view, or let it go on with all that came meanwhile."""
        scene, intake = self.desk.scene, self.desk.intake
        if scene.paused_us is None:
            scene.paused_us = scene.clock.now_us()
            intake.pause()
        else:
            scene.paused_us = None
            news = intake.resume()
            if news is not None:
                self._deliver(news)
        self._tick()

    async def action_snapshot(self) -> None:
        """Write a report of the fleet as it stands."""
        if self._snapshot is None:
            self._say(self.why_not("snapshot"))
            return
        try:
            path = await self._snapshot(self.fleet)
        except (OSError, WhotopError) as error:
            self._say(f"no snapshot: {error}", "error")
        else:
            self._say(f"snapshot: {path}")

    def action_reload(self) -> None:
        """Read the configuration again; what the reader does meanwhile is not held up."""
        if self._reload is None:
            self._say(self.why_not("reload"))
        else:
            self.run_worker(self._read_again(self._reload), group="reload", exclusive=True)

    async def _read_again(self, reload: Reload) -> None:
        try:
            self._say(await reload())
        except (OSError, WhotopError) as error:
            self._say(f"nothing was changed: {error}", "error")

    def action_palette(self, typed: str = "") -> None:
        """Find an action, a machine, a user or a source by name; open as if ``typed`` had been typed."""
        from whotop.tui.finder import Finder
        from whotop.tui.palette import Palette

        desk = self.desk
        finder = Finder(desk.scene, lambda: desk.feed.history if desk.feed is not None else None)
        self.push_screen(Palette(self._keys, self.why_not, finder, typed), self._do_chosen)

    async def _do_chosen(self, chosen: str | Place | None) -> None:
        if isinstance(chosen, str):
            await self.action_press(chosen)
        elif chosen is not None:
            self._go_to(chosen)

    def action_help(self) -> None:
        """Show every key."""
        from whotop.tui.help_screen import HelpScreen

        self.push_screen(HelpScreen(self._keys, self.why_not))

    async def action_press(self, action_id: str) -> None:
        """Do what the key of an action would do."""
        action, top = ACTION_BY_ID[action_id], self._top_screen()
        target = {"everywhere": self, "panes": top, "table": top.current}[action.where]
        await self.run_action(action.does, target)

    def keys_of(self, action_id: str) -> tuple[str, ...]:
        """The keys that an action has now."""
        return self._keys[action_id]

    def why_not(self, action_id: str) -> str:
        """Why an action cannot work just now; '' if it can."""
        if action_id == "snapshot" and self._snapshot is None:
            return "reports are turned off"
        if action_id == "reload" and self._reload is None:
            return "there is no configuration to read again"
        if action_id == "back" and len(self._crumbs()) == 1 and not self._top_screen().has_layers():
            return "nothing left to go back from"
        return self._top_screen().why_not(action_id)

    # The end

    @property
    def failure(self) -> BaseException | None:
        """What made the app end, if it did not end by itself."""
        error = self._exception
        return error.error if isinstance(error, WorkerFailed) else error

    def _fatal_error(self) -> None:
        """Leave without Textual's pages of local variables, which may hold secrets: the caller tells of ``failure``."""
        self._close_messages_no_wait()

    def action_interrupt(self) -> None:
        """Leave at once."""
        self.exit(return_code=INTERRUPTED)

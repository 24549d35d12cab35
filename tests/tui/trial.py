"""The app under a pilot, with what a test asks of it again and again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from textual.pilot import Pilot

from tests.tui.fake_feed import FakeFeed
from whotop.clock import ManualClock
from whotop.core.feed import AnyChange
from whotop.tui.app import WhotopApp
from whotop.tui.line_table import LineTable
from whotop.tui.pane import Pane
from whotop.tui.pane_screen import PaneScreen


class Trial:
    """``run`` starts the app; ``press``, ``publish`` and ``pass_seconds`` return when all is painted."""

    def __init__(self, app: WhotopApp, feed: FakeFeed, clock: ManualClock) -> None:
        self.app = app
        self.feed = feed
        self.clock = clock
        self.pilot: Pilot[None]

    @asynccontextmanager
    async def run(self, size: tuple[int, int] = (160, 44)) -> AsyncIterator[None]:
        async with self.app.run_test(size=size) as pilot:
            self.pilot = pilot
            await self.settle()
            yield

    async def settle(self) -> None:
        """Until the feed is read and the screen painted."""
        await self.pilot.pause()
        while self.feed.waiting or any(table.is_behind for table in self.app.screen.query(LineTable)):
            await self.pilot.pause(0.01)
        await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settle()

    async def type(self, text: str) -> None:
        names = {" ": "space", ":": "colon", "/": "slash", ">": "greater_than_sign", "*": "asterisk", "-": "minus"}
        await self.press(*(names.get(character, character) for character in text))

    async def publish(self, *changes: AnyChange) -> None:
        """A batch, so long after the one before that nothing is held back."""
        self.clock.advance(2)
        self.feed.publish(changes)
        await self.settle()

    async def pass_seconds(self, seconds: float) -> None:
        """Let time pass, and the app notice."""
        self.clock.advance(seconds)
        self.top.tick()
        await self.settle()

    @property
    def top(self) -> PaneScreen:
        """The screen that shows panes."""
        return next(screen for screen in reversed(self.app.screen_stack) if isinstance(screen, PaneScreen))

    def pane(self, number: int) -> Pane:
        tile = self.top.tiles[number - 1]
        assert isinstance(tile, Pane)
        return tile

    def lines(self) -> list[str]:
        """What stands on the screen."""
        return [strip.text for strip in self.app.screen._compositor.render_strips()]

    def text(self) -> str:
        return "\n".join(self.lines())

    def line(self, *words: str) -> str:
        """The first line in which all these words stand."""
        return next((line for line in self.lines() if all(word in line for word in words)), "")

    def rows(self, number: int) -> Sequence[str]:
        """The rows of a pane, as text, from the top."""
        return [self.pane(number).text_of(key) for key in self.pane(number).keys]

    def said(self) -> str:
        """What was told to the reader last."""
        notices = list(self.app._notifications)
        return notices[-1].message if notices else ""

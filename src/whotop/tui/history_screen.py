"""A screen that also shows what happened before we looked: the store is asked, and asked again when it learns more."""

from __future__ import annotations

from abc import abstractmethod

from whotop.core.feed import History
from whotop.errors import StoreError
from whotop.model import Event
from whotop.tui.desk import Desk
from whotop.tui.intake import News
from whotop.tui.pane_screen import PaneScreen
from whotop.tui.throttle import Throttle
from whotop.tui.views.past import tells_of_history

HISTORY_SECONDS = 2.0
"""The store is asked again no more often than this while a first contact's history comes in."""


class HistoryScreen(PaneScreen):
    """What the screens of a machine, a user, a source and an alert have in common."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.history_wanted = Throttle(self, HISTORY_SECONDS, self._fetch_history, desk.scene.clock.monotonic)

    @abstractmethod
    async def load(self, history: History) -> None:
        """Ask for the past, and show it. Raises StoreError."""

    @abstractmethod
    def is_of_interest(self, event: Event) -> bool:
        """Whether an event of long ago, of which the store has just learnt, belongs here."""

    def on_mount(self) -> None:
        """Fetch what happened before we looked."""
        self.history_wanted.ask()

    def _fetch_history(self) -> None:
        self.run_worker(self._load(), group="history", exclusive=True)

    async def _load(self) -> None:
        if self.desk.feed is None:
            return
        try:
            await self.load(self.desk.feed.history)
            self._recount()
        except StoreError as error:
            self.say(str(error), "error")

    def take(self, news: News) -> None:
        """A batch has been applied."""
        if any(self.is_of_interest(event) for event in tells_of_history(news.changes)):
            self.history_wanted.ask_later()  # the store writes a moment after the feed tells
        super().take(news)

    def missed_something(self) -> None:
        """Sessions may have come and gone while another screen stood over this one."""
        self.history_wanted.ask()

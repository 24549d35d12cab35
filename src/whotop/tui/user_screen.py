"""One user: where they are on, where they come from, and when they were here in the last two weeks."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from whotop.clock import DAY_US
from whotop.errors import StoreError
from whotop.tui.desk import Desk
from whotop.tui.intake import News
from whotop.tui.pane import Pane
from whotop.tui.pane_screen import PaneScreen
from whotop.tui.span_line import Piece, SpanLine
from whotop.tui.throttle import Throttle
from whotop.tui.tile import Tile
from whotop.tui.user_days import UserDays
from whotop.tui.views.days import DAYS
from whotop.tui.views.failed_logins import FailedLoginsView
from whotop.tui.views.nobody import no_failures_of_user
from whotop.tui.views.past import Past, tells_of_history
from whotop.tui.views.place import UserPlace
from whotop.tui.views.recent import RecentView
from whotop.tui.views.sessions import SessionsView
from whotop.tui.views.sources import SourcesView

HISTORY_SECONDS = 2.0
"""The store is asked again no more often than this while a first contact's history comes in."""
RECENT_SESSIONS = 500


class UserScreen(PaneScreen):
    """A user is a name: the same on every machine."""

    def __init__(self, desk: Desk, user: str) -> None:
        self.user = user
        self.place = UserPlace(user)
        self._past = Past(lambda session: session.user == user)
        self._summary = SpanLine(id="summary", classes="facts")
        super().__init__(desk)
        self._history = Throttle(self, HISTORY_SECONDS, self._fetch_history, desk.scene.clock.monotonic)

    @property
    def crumb(self) -> str:
        """Their name."""
        return self.user

    def make_tiles(self) -> Sequence[Tile]:
        """1 open sessions, 2 sources, 3 recent sessions, 4 two weeks, 5 failed logins."""
        scene, user = self.desk.scene, self.user
        sessions = SessionsView(
            scene,
            ("machine", "tty", "from", "since", "idle"),
            lambda fleet: fleet.sessions_of_user.get(user, {}),
            lambda: "not logged in anywhere that we can see",
        )
        self._sources = Pane(2, SourcesView(scene, self._past, user))
        self._recent = Pane(3, RecentView(scene, self._past, ("machine", "tty", "from")))
        self._days = UserDays(4, scene, self._past)
        failed = FailedLoginsView(
            scene,
            ("machine", "from", "tty"),
            lambda fleet: fleet.failures.of_user(user),
            lambda: no_failures_of_user(scene.fleet),
        )
        return [Pane(1, sessions), self._sources, self._recent, self._days, Pane(5, failed)]

    def compose_header(self) -> ComposeResult:
        """One line that sums up."""
        yield self._summary

    def on_mount(self) -> None:
        """Fetch what happened before we looked."""
        self._past.add(self.desk.fleet.sessions_of_user.get(self.user, {}).values())
        self._show_summary()
        self._history.ask()

    def _fetch_history(self) -> None:
        self.run_worker(self._load(), group="history", exclusive=True)

    async def _load(self) -> None:
        if self.desk.feed is None:
            return
        start_us = self.desk.scene.now_us() - DAYS * DAY_US
        try:
            known = await self.desk.feed.history.sessions(user=self.user, start_us=start_us, limit=RECENT_SESSIONS)
        except StoreError as error:
            self.say(str(error), "error")
            return
        self._past.add(known)
        self._recent.reload()
        self._sources.reload()
        self._days.redraw()
        self._show_summary()

    def take(self, news: News) -> None:
        """A batch has been applied."""
        self._past.take(news.changes)
        if any(event.user == self.user for event in tells_of_history(news.changes)):
            self._history.ask_later()  # the store writes a moment after the feed tells
        super().take(news)
        if self.user in news.touched.users:
            self._show_summary()

    def missed_something(self) -> None:
        """Sessions may have come and gone while another screen stood over this one."""
        self._history.ask()

    def _show_summary(self) -> None:
        fleet = self.desk.fleet
        counted = list(fleet.counted(fleet.sessions_of_user.get(self.user, {}).values()))
        machines = len({session.machine for session in counted})
        mark = Piece(" ● ", "up") if counted else Piece(" ○ ", "dim")
        words = f"on {machines} machine{'s' * (machines != 1)}, {len(counted)} session{'s' * (len(counted) != 1)}"
        known = f"   {len(self._past.sessions)} logins in two weeks known"
        self._summary.show([mark, Piece(words if counted else "not on", "strong"), Piece(known, "dim")])

"""One user: where they are on, where they come from, and when they were here."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from whotop.core.feed import History
from whotop.core.names import NameKind
from whotop.model import Event
from whotop.text import counted
from whotop.tui.desk import Desk
from whotop.tui.history_screen import HistoryScreen
from whotop.tui.intake import News
from whotop.tui.pane import Pane
from whotop.tui.span_line import Piece, SpanLine
from whotop.tui.tile import Tile
from whotop.tui.user_days import UserDays
from whotop.tui.views.failed_logins import FailedLoginsView
from whotop.tui.views.nobody import no_failures_of_user
from whotop.tui.views.past import Past
from whotop.tui.views.past_failures import PastFailures
from whotop.tui.views.place import UserPlace
from whotop.tui.views.recent import RecentView
from whotop.tui.views.sessions import SessionsView
from whotop.tui.views.sources import SourcesView

RECENT_SESSIONS = 500


class UserScreen(HistoryScreen):
    """A user is a name: the same on every machine."""

    def __init__(self, desk: Desk, user: str) -> None:
        self.user = user
        self.place = UserPlace(user)
        self._past = Past(lambda session: session.user == user)
        self._failures = PastFailures(NameKind.USER, user)
        self._summary = SpanLine(id="summary", classes="facts")
        super().__init__(desk)

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
            self._failures,
        )
        self._failed = Pane(5, failed)
        return [Pane(1, sessions), self._sources, self._recent, self._days, self._failed]

    def compose_header(self) -> ComposeResult:
        """One line that sums up."""
        yield self._summary

    def on_mount(self) -> None:
        """Begin with what the fleet knows."""
        self._past.add(self.desk.fleet.sessions_of_user.get(self.user, {}).values())
        self._show_summary()

    def is_of_interest(self, event: Event) -> bool:
        """Whether it is about them."""
        return event.user == self.user

    async def load(self, history: History) -> None:
        """Ask for the newest logins, also failed ones, however long ago: what was imported may be of years."""
        self._past.add(await history.sessions(user=self.user, limit=RECENT_SESSIONS))
        self._recent.reload()
        self._sources.reload()
        self._days.redraw()
        self._show_summary()
        await self._failures.load(history)
        self._failed.reload()
        self._show_summary()

    def take(self, news: News) -> None:
        """A batch has been applied."""
        self._past.take(news.changes)
        super().take(news)
        if self.user in news.touched.users:
            self._show_summary()

    def _show_summary(self) -> None:
        fleet = self.desk.fleet
        sessions = list(fleet.counted(fleet.sessions_of_user.get(self.user, {}).values()))
        machines = {session.machine for session in sessions}
        mark = Piece(" ● ", "up") if sessions else Piece(" ○ ", "dim")
        words = f"on {counted(len(machines), 'machine')}, {counted(len(sessions), 'session')}"
        known = f"   {counted(len(self._past.sessions), 'login')} known{self._failures.clause}"
        self._summary.show([mark, Piece(words if sessions else "not on", "strong"), Piece(known, "dim")])

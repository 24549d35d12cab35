"""One source: its series of logins, and every machine and user that it reached or tried."""

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
from whotop.tui.views.events import EventsView
from whotop.tui.views.failed_logins import FailedLoginsView
from whotop.tui.views.nobody import no_failures_in_fleet
from whotop.tui.views.past import Past
from whotop.tui.views.past_failures import PastFailures
from whotop.tui.views.place import SourcePlace
from whotop.tui.views.reached import ReachedView
from whotop.tui.views.recent import RecentView
from whotop.tui.views.series import SeriesView

SESSIONS_ASKED = 2_000


class SourceScreen(HistoryScreen):
    """A source is an address or a name, as the machines wrote it."""

    def __init__(self, desk: Desk, source: str) -> None:
        self.source = source
        self.place = SourcePlace(source)
        self._past = Past(lambda session: session.source == source)
        self._failures = PastFailures(NameKind.SOURCE, source)
        self._summary = SpanLine(id="summary", classes="facts")
        super().__init__(desk)

    @property
    def crumb(self) -> str:
        """The address."""
        return self.source

    def make_tiles(self) -> Sequence[Tile]:
        """1 series, 2 machines and users, 3 sessions, 4 events, 5 failed logins."""
        scene, source = self.desk.scene, self.source
        failed = FailedLoginsView(
            scene,
            ("machine", "user", "tty"),
            lambda fleet: fleet.failures.of_source(source),
            lambda: no_failures_in_fleet(scene.fleet, " from here"),
            self._failures,
        )
        return [
            Pane(1, SeriesView(scene, self._past, self.desk.options.rules)),
            Pane(2, ReachedView(scene, self._past, self._failures, source)),
            Pane(3, RecentView(scene, self._past, ("machine", "user", "tty"))),
            Pane(4, EventsView(scene, source)),
            Pane(5, failed),
        ]

    def compose_header(self) -> ComposeResult:
        """One line that sums up."""
        yield self._summary

    def on_mount(self) -> None:
        """Begin with what the fleet knows."""
        self._past.add(session for session in self.desk.fleet.sessions.values() if session.source == self.source)
        self._show_summary()

    def is_of_interest(self, event: Event) -> bool:
        """Whether it came from here."""
        return event.source == self.source

    async def load(self, history: History) -> None:
        """Ask for the newest logins, also failed ones, however long ago: what was imported may be of years."""
        self._past.add(await history.sessions(source=self.source, limit=SESSIONS_ASKED))
        for pane in self.panes[:3]:
            pane.reload()
        self._show_summary()
        await self._failures.load(history)
        for number in (2, 5):
            self.panes[number - 1].reload()
        self._show_summary()

    def take(self, news: News) -> None:
        """A batch has been applied."""
        concerned = self._past.take(news.changes)
        super().take(news)
        if concerned or news.touched.failures:
            self._show_summary()

    def _show_summary(self) -> None:
        past = self._past.sessions.values()
        sessions = list(self.desk.fleet.counted(session for session in past if session.is_open))
        mark = Piece(" ● ", "up") if sessions else Piece(" ○ ", "dim")
        on = f"{counted(len(sessions), 'session')} open" if sessions else "no session open"
        users, machines = {session.user for session in past}, {session.machine for session in past}
        reach = f"{counted(len(users), 'user')} on {counted(len(machines), 'machine')}"
        known = f"   {counted(len(past), 'login')} known, of {reach}{self._failures.clause}"
        self._summary.show([mark, Piece(on, "strong"), Piece(known, "dim")])

"""How many people use the machines: unique users per period, the chart of them, and who they were."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from msgspec.structs import replace
from textual import events
from textual.app import ComposeResult

from whotop.config.zones import zone_named
from whotop.core.days import day_at
from whotop.core.feed import EventAdded, History
from whotop.core.periods import Period
from whotop.core.usage import EARLIEST, UsageQuestion, UsageReport
from whotop.errors import StoreError, UsageError
from whotop.model import Event, EventKind
from whotop.tui.desk import Desk
from whotop.tui.history_screen import HistoryScreen
from whotop.tui.intake import News
from whotop.tui.pane import Pane
from whotop.tui.span_line import Piece, SpanLine
from whotop.tui.table_messages import Opened, SelectionChanged
from whotop.tui.throttle import Throttle
from whotop.tui.tile import Tile
from whotop.tui.usage_chart import UsageChart
from whotop.tui.views.place import UsagePlace
from whotop.tui.views.usage_periods import UsagePeriodsView, period_title
from whotop.tui.views.usage_users import UsageUsersView

LIVE_SECONDS = 10.0
"""How soon after a login it is counted."""
USERS_SECONDS = 0.15
"""Rows that are passed on the way need not be asked about."""


class Range(NamedTuple):
    """A range to choose."""

    words: str
    days: int
    """Before today; 0: everything."""


RANGES = {
    "30": Range("the last 30 days", 30),
    "90": Range("the last 90 days", 90),
    "365": Range("the last year", 365),
    "1096": Range("the last three years", 1_096),
    "all": Range("everything", 0),
}


class UsageScreen(HistoryScreen):
    """Asks the store; what the fleet does meanwhile is counted a little later."""

    place = UsagePlace()

    def __init__(self, desk: Desk) -> None:
        self._period, self._range = Period.WEEK, "90"
        self._summary = SpanLine(id="summary", classes="facts")
        super().__init__(desk)
        monotonic = desk.scene.clock.monotonic
        self._logins = Throttle(self, LIVE_SECONDS, self.history_wanted.ask, monotonic)
        self._users_wanted = Throttle(self, USERS_SECONDS, self._fetch_users, monotonic)

    @property
    def crumb(self) -> str:
        """What it counts."""
        return "usage"

    def make_tiles(self) -> Sequence[Tile]:
        """1 the periods, 2 the users of the selected one, 3 the chart."""
        self._periods, self._users = UsagePeriodsView(self.desk.scene), UsageUsersView(self.desk.scene)
        self._chart = UsageChart(3)
        return [Pane(1, self._periods), Pane(2, self._users), self._chart]

    def compose_header(self) -> ComposeResult:
        """One line that says what is counted."""
        yield self._summary

    def on_mount(self) -> None:
        """Say what is asked, while it is."""
        self._show_summary(None)

    def on_resize(self, event: events.Resize) -> None:
        """The bars are as long as there is room for."""
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        if self._periods.width != self.panes[0].size.width:
            self._periods.width = self.panes[0].size.width
            self.panes[0].refresh()

    # What is counted

    def is_of_interest(self, event: Event) -> bool:
        """Whether it is a login of long ago."""
        return event.kind is EventKind.LOGIN

    def take(self, news: News) -> None:
        """A batch has been applied."""
        super().take(news)
        if any(isinstance(change, EventAdded) and change.event.kind is EventKind.LOGIN for change in news.changes):
            self._logins.ask_later()

    async def load(self, history: History) -> None:
        """Ask for the periods, and show them."""
        try:
            report = _without_beginning(await history.usage.report(self._question()), self._range)
        except UsageError as error:
            self._show(None, str(error))
            return
        self._show(report, "" if report.periods else "nobody has logged in yet")

    def _question(self) -> UsageQuestion:
        table, now_us = self.desk.options.usage, self.desk.scene.now_us()
        today = day_at(now_us, zone_named(table.time_zone))
        days = RANGES[self._range].days
        return UsageQuestion(
            period=self._period,
            start=today - timedelta(days=days) if days else EARLIEST,
            end=today,
            time_zone=table.time_zone,
            excluded=frozenset(table.exclude_users),
        )

    def _show(self, report: UsageReport | None, trouble: str) -> None:
        self._periods.show(report, trouble)
        self._chart.show(report)
        self._show_summary(report)
        self.panes[0].reload()
        self.show_titles()
        self._fit()
        self._users_wanted.ask()

    def _show_summary(self, report: UsageReport | None) -> None:
        span = "" if report is None else f"   {report.start} to {report.end}, days of {report.time_zone}"
        pieces = [
            Piece(" unique users per ", "dim"),
            Piece(self._period.word, "strong", "screen.usage_period"),
            Piece(" in ", "dim"),
            Piece(RANGES[self._range].words, "strong", "screen.usage_range"),
            Piece(span, "dim"),
        ]
        keys = [Piece(" p", "key", "screen.usage_period"), Piece(" period ", "dim", "screen.usage_period")]
        keys += [Piece(" r", "key", "screen.usage_range"), Piece(" range ", "dim", "screen.usage_range")]
        self._summary.show(pieces, keys)

    # Who they were

    def on_line_table_selection_changed(self, message: SelectionChanged) -> None:
        """Another period: show its users."""
        if message.table is self.panes[0]:
            self._chart.select(message.key if isinstance(message.key, date) else None)
            self._users_wanted.ask()

    def on_line_table_opened(self, message: Opened) -> None:
        """A period opens its users, a user their screen."""
        if message.table is self.panes[0]:
            message.prevent_default()
            self.show_tile(2)

    def peel(self) -> bool:
        """From the users back to the periods, where only one of them is in sight."""
        if super().peel():
            return True
        if self.current is not self.tiles[0] and not self.tiles[0].display:
            self.show_tile(1)
            return True
        return False

    def why_not(self, action_id: str) -> str:
        """Why an action cannot work just now; '' if it can."""
        return "" if action_id in ("usage_period", "usage_range") else super().why_not(action_id)

    def has_layers(self) -> bool:
        """Whether ``peel`` would find something to take away."""
        return super().has_layers() or not self.tiles[0].display

    def _fetch_users(self) -> None:
        self.run_worker(self._load_users(), group="users", exclusive=True)

    async def _load_users(self) -> None:
        report, selected = self._periods.report, self.panes[0].selected
        one = self._periods.period(selected) if isinstance(selected, date) else None
        if report is None or one is None or self.desk.feed is None:
            self._users.show("", None if report is None else ())
        else:
            title = period_title(report.period, one.last_day)
            try:
                users = await self.desk.feed.history.usage.users(self._question(), *report.days_of(one))
            except (StoreError, UsageError) as error:
                self.say(str(error), "error")
                return
            self._users.show(title, users)
        self.panes[1].reload()
        self.show_titles()

    # Keys

    def action_usage_period(self) -> None:
        """Choose the period."""
        from whotop.tui.choice_menu import ChoiceMenu

        choices = [(period.value, period.word) for period in Period]
        self.app.push_screen(ChoiceMenu("Count per", choices, self._period.value), self._period_chosen)

    def _period_chosen(self, period: str | None) -> None:
        if period is not None:
            self._period = Period(period)
            self._ask_anew()

    def action_usage_range(self) -> None:
        """Choose how far back to look."""
        from whotop.tui.choice_menu import ChoiceMenu

        choices = [(key, range_.words) for key, range_ in RANGES.items()]
        self.app.push_screen(ChoiceMenu("Look at", choices, self._range), self._range_chosen)

    def _range_chosen(self, range_: str | None) -> None:
        if range_ is not None:
            self._range = range_
            self._ask_anew()

    def _ask_anew(self) -> None:
        self._show_summary(None)
        self._fetch_history()


def _without_beginning(report: UsageReport, range_: str) -> UsageReport:
    """Of everything, what begins with the first login."""
    if RANGES[range_].days:
        return report
    first = next((place for place, one in enumerate(report.periods) if one.users), len(report.periods))
    periods = report.periods[first:]
    start = report.period.first_day(periods[0].last_day) if periods else report.end
    return replace(report, periods=periods, start=max(start, report.start))

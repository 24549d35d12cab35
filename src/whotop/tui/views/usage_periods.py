"""Unique users in each period: a row a period, its bar beside it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from whotop.core.fleet import Touched
from whotop.core.periods import Period
from whotop.core.usage import PeriodUsage, UsageReport
from whotop.render.usage.bars import bar_across
from whotop.render.usage.names import short_name
from whotop.tui.columns import Column
from whotop.tui.views.scene import Scene
from whotop.tui.views.view import Cell, Value, View

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_TOLD_WIDTH = 36
"""What the other columns take, with the gaps between them."""


class UsagePeriodsView(View[date]):
    """Key: the last day of the period, by which it is called."""

    name = "Usage"
    sorts_by = "period"
    sorts_reversed = True
    columns: Sequence[Column] = (
        Column("period", "period", 10, 0),
        Column("users", "users", 6, 0, align="right"),
        Column("logins", "logins", 7, 2, align="right"),
        Column("bar", "", 4, 1, flexible=True, sortable=False),
        Column("note", "", 7, 0, sortable=False),
    )
    fields = frozenset({"users", "logins"})

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self.report: UsageReport | None = None
        self.trouble = ""
        """Why there is no report."""
        self.width = 80
        """Cells of the pane."""
        self._periods: dict[date, PeriodUsage] = {}
        self._most = 0

    def show(self, report: UsageReport | None, trouble: str = "") -> None:
        """Show another answer, or why there is none."""
        self.report, self.trouble = report, trouble
        self._periods = {} if report is None else {one.last_day: one for one in report.periods}
        self._most = max((one.users for one in self._periods.values()), default=0)

    def rows(self) -> Iterable[date]:
        """All of the range."""
        return self._periods

    def contains(self, key: date) -> bool:
        """Whether it is in the range."""
        return key in self._periods

    def touched(self, touched: Touched) -> Collection[date]:
        """None: the store is asked anew."""
        return ()

    def period(self, key: date) -> PeriodUsage | None:
        """The period of a row."""
        return self._periods.get(key)

    def title(self, key: date) -> str:
        """``week to 2026-11-22``, ``Nov 2026``."""
        return "" if self.report is None else period_title(self.report.period, key)

    def count(self) -> str:
        """``per week``."""
        return "" if self.report is None else f"per {self.report.period.word}"

    def empty(self) -> str:
        """Why there is nothing."""
        return self.trouble or "the store is being asked"

    def cells(self, key: date) -> Sequence[Cell]:
        """``2026-11-22  41  282  ██████████████``."""
        one, report = self._periods[key], self.report
        assert report is not None
        role = "normal" if one.users else "dim"
        return [
            [(self._name(report.period, key), "time")],
            [(f"{one.users:,}", "strong" if one.users else "dim")],
            [(f"{one.logins:,}", role)],
            [(bar_across(one.users, self._most, self.width - _TOLD_WIDTH), "chart")],
            [(self._note(report, one), "dim")],
        ]

    def _name(self, period: Period, key: date) -> str:
        return str(key) if period in (Period.DAY, Period.WEEK) else short_name(period, key)

    def _note(self, report: UsageReport, one: PeriodUsage) -> str:
        """What does not show: which day of the week it was, and that a period is not whole."""
        first, last = report.days_of(one)
        if one.last_day > last:
            return "so far"
        if first > report.period.first_day(one.last_day):
            return "in part"
        return _DAYS[one.last_day.weekday()] if report.period is Period.DAY else ""

    def sort_value(self, key: date, column: str) -> object:
        """By day or by number."""
        return key if column == "period" else self.value(key, column)

    def value(self, key: date, field: str) -> Value:
        """One of each."""
        one = self._periods[key]
        return one.users if field == "users" else one.logins

    def visible(self, key: date) -> Iterable[str]:
        """Its name and its last day."""
        return (str(key), self.title(key))


def period_title(period: Period, last_day: date) -> str:
    """``2026-11-20``, ``week to 2026-11-22``, ``Nov 2026``, ``Q4 2026``, ``2026``."""
    if period is Period.DAY:
        return str(last_day)
    return f"week to {last_day}" if period is Period.WEEK else short_name(period, last_day)

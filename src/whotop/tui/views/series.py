"""One source's series of logins: whenever it logged in several times within one window."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from whotop.clock import SECOND_US
from whotop.core.fleet import Touched
from whotop.core.rules.settings import RuleSettings
from whotop.core.window_modes import windows_of
from whotop.core.windows import Series
from whotop.text import duration
from whotop.tui.columns import Column
from whotop.tui.views.past import Past
from whotop.tui.views.scene import Scene
from whotop.tui.views.times import day_and_time
from whotop.tui.views.view import Cell, Value, View


class SeriesView(View[int]):
    """Key: when its window begins. Windows are those of rule ``logins``; history counts here as well."""

    name = "Series"
    sorts_by = "start"
    sorts_reversed = True
    columns: Sequence[Column] = (
        Column("start", "first", 16, 0),
        Column("lasted", "lasted", 8, 6, align="right"),
        Column("logins", "logins", 7, 0, align="right"),
        Column("users", "users", 5, 3, align="right"),
        Column("machines", "machines", 8, 2, align="right"),
        Column("who", "who", 12, 5, flexible=True, sortable=False),
    )
    fields = frozenset({"user", "machine", "logins", "users", "machines", "lasted"})

    def __init__(self, scene: Scene, past: Past, rules: RuleSettings) -> None:
        super().__init__(scene)
        self._past, self._rules = past, rules
        self._found: dict[int, Series] = {}

    def rows(self) -> Iterable[int]:
        """Every series, counted anew."""
        self._count()
        return self._found

    def _count(self) -> None:
        rules = self._rules
        size_us, start_us = (
            round(rules.logins.window_seconds * SECOND_US),
            round(rules.logins.start_seconds * SECOND_US),
        )
        windows = windows_of(rules.logins.mode, size_us, start_us)
        for session in self._past.sessions.values():
            windows.add(session.source, session.user, session.machine, session.fleet_login_us, session.key)
        self._found = {series.window_start_us: series for series in windows.series()}

    def contains(self, key: int) -> bool:
        """Whether there is a series in that window."""
        return key in self._found

    def touched(self, touched: Touched) -> Collection[int]:
        """All of them, when a login came or is dated otherwise."""
        if not any(key in self._past.sessions for key in touched.sessions):
            return ()
        before = set(self._found)
        self._count()
        return before | set(self._found)

    def count(self) -> str:
        """How many were found last."""
        return str(len(self._found))

    def empty(self) -> str:
        """What a series would be."""
        length = duration(self._rules.logins.window_seconds)
        if self._rules.logins.mode == "gap":
            return f"no two logins were within {length} of each other"
        return f"never more than one login within {length}"

    def cells(self, key: int) -> Sequence[Cell]:
        """``Nov 19 10:22  42m  12■  3  5  alice, bob``."""
        series = self._found[key]
        users, machines = _names(series, "user"), _names(series, "machine")
        return [
            [(day_and_time(series.first_us, self.scene.now_us(), self.scene.zone), "time")],
            [(duration(_lasted_seconds(series)), "normal")],
            self._logins(series.count),
            [(str(len(users)), "normal")],
            [(str(len(machines)), "normal")],
            [(", ".join(users), "user")],
        ]

    def _logins(self, count: int) -> Cell:
        """Marked as the rule's alert is from where it warns."""
        if count >= self._rules.logins.high_count:
            return [(str(count), "alert_high"), ("▲", "alert_high")]
        if count >= self._rules.logins.warn_count:
            return [(str(count), "alert_warn"), ("■", "alert_warn")]
        return [(str(count), "strong"), (" ", "normal")]

    def sort_value(self, key: int, column: str) -> object:
        """By time; figures by size."""
        return self._found[key].first_us if column == "start" else self.value(key, column)

    def value(self, key: int, field: str) -> Value:
        """Lists where a series has several of something."""
        series = self._found[key]
        match field:
            case "user" | "machine":
                return _names(series, field)
            case "users" | "machines":
                return len(_names(series, field.removesuffix("s")))
            case "logins":
                return series.count
            case "lasted":
                return _lasted_seconds(series)
            case _:
                return None

    def title(self, key: int) -> str:
        """Who logged in."""
        return ", ".join(_names(self._found[key], "user"))

    def visible(self, key: int) -> Iterable[str]:
        """Users and machines."""
        series = self._found[key]
        return (*_names(series, "user"), *_names(series, "machine"))


def _names(series: Series, field: str) -> list[str]:
    return sorted({getattr(login, field) for login in series.logins})


def _lasted_seconds(series: Series) -> float:
    return (series.last_us - series.first_us) / SECOND_US

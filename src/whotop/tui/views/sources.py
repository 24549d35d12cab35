"""Where a user has come from, and when first and last."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from whotop.core.fleet import Touched
from whotop.tui.columns import Column
from whotop.tui.views.past import Past
from whotop.tui.views.place import Place, SourcePlace
from whotop.tui.views.scene import Scene
from whotop.tui.views.times import day_and_time
from whotop.tui.views.view import Cell, Value, View, failed_cell, natural
from whotop.tui.views.where_from import NO_ADDRESS


class SourcesView(View[str]):
    """Key: the source; '' stands for consoles."""

    name = "Sources"
    sorts_by = "last"
    sorts_reversed = True
    columns: Sequence[Column] = (
        Column("from", "from", 15, 0, flexible=True),
        Column("logins", "logins", 6, 3, align="right"),
        Column("on", "on", 3, 2, align="right"),
        Column("failed", "failed", 6, 1, align="right"),
        Column("first", "first seen", 16, 4),
        Column("last", "last seen", 16, 0),
    )
    fields = frozenset({"from", "logins", "on", "failed", "machine"})

    def __init__(self, scene: Scene, past: Past, user: str) -> None:
        super().__init__(scene)
        self._past = past
        self._user = user

    def rows(self) -> Iterable[str]:
        """Every source once."""
        return {session.source for session in self._past.sessions.values()}

    def contains(self, key: str) -> bool:
        """Whether a session came from there."""
        return any(True for _ in self._past.of_source(key))

    def touched(self, touched: Touched) -> Collection[str]:
        """Sources of the sessions that changed, and of logins that failed."""
        known = self._past.sessions
        failed = {key.source for key in touched.failures if key.user == self._user}
        return failed | {known[key].source for key in touched.sessions if key in known}

    def place(self, key: str) -> Place | None:
        """Its own screen; a console has none."""
        return SourcePlace(key) if key else None

    def source(self, key: str) -> str:
        """The row itself."""
        return key

    def empty(self) -> str:
        """Nothing is known of the past."""
        return "no login is known"

    def cells(self, key: str) -> Sequence[Cell]:
        """Times are on whotop's clock: the machines' own may differ."""
        now_us, zone = self.scene.now_us(), self.scene.zone
        on = self._on(key)
        return [
            [(key, "source") if key else (NO_ADDRESS, "dim")],
            [(str(self._logins(key)), "normal")],
            [(str(on), "strong") if on else ("–", "dim")],
            failed_cell(self._failed(key)),
            [(day_and_time(self._first_us(key), now_us, zone), "time")],
            [("now", "up") if on else (day_and_time(self._last_us(key), now_us, zone), "time")],
        ]

    def _logins(self, key: str) -> int:
        return sum(1 for _ in self._past.of_source(key))

    def _on(self, key: str) -> int:
        return sum(1 for _ in self.fleet.counted(session for session in self._past.of_source(key) if session.is_open))

    def _failed(self, key: str) -> int:
        """Failed logins of this user from there in the last hour."""
        now_us = self.scene.now_us()
        tallies = self.fleet.failures.of_user(self._user).values()
        return sum(tally.counts.in_hour(now_us) for tally in tallies if tally.key.source == key)

    def ages(self, key: str) -> str:
        """How many logins failed within the hour."""
        return str(self._failed(key))

    def _first_us(self, key: str) -> int:
        return min(session.fleet_login_us for session in self._past.of_source(key))

    def _last_us(self, key: str) -> int:
        return max((session.logout_us or session.login_us) - session.skew_us for session in self._past.of_source(key))

    def sort_value(self, key: str, column: str) -> object:
        """By time; names as people sort them."""
        match column:
            case "from":
                return natural(key)
            case "first":
                return self._first_us(key)
            case "last":
                return self._on(key), self._last_us(key)
            case _:
                return self.value(key, column)

    def value(self, key: str, field: str) -> Value:
        """The machines are all those that it reached."""
        match field:
            case "from":
                return key
            case "logins":
                return self._logins(key)
            case "on":
                return self._on(key)
            case "failed":
                return self._failed(key)
            case "machine":
                return sorted({session.machine for session in self._past.of_source(key)})
            case _:
                return None

    def visible(self, key: str) -> Iterable[str]:
        """The source."""
        return (key or NO_ADDRESS,)

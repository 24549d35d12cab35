"""Who is on anywhere, from where, since when, and how long idle."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from whotop.clock import SECOND_US
from whotop.core.fleet import Touched
from whotop.model import Session
from whotop.text import age
from whotop.tui.columns import Column
from whotop.tui.views.machines import user_role
from whotop.tui.views.nobody import nobody_in_fleet
from whotop.tui.views.place import Place, UserPlace
from whotop.tui.views.scene import Scene
from whotop.tui.views.times import since
from whotop.tui.views.user_summary import UserSummaries, UserSummary
from whotop.tui.views.view import Cell, Value, View, failed_cell, natural
from whotop.tui.views.where_from import where_from


class UsersView(View[str]):
    """Key: the user's name. Users of machines that are not up are dim, and in no count."""

    name = "Users"
    sorts_by = "user"
    columns: Sequence[Column] = (
        Column("user", "user", 9, 0, flexible=True),
        Column("on", "on", 3, 0, align="right"),
        Column("from", "from", 15, 8, flexible=True),
        Column("since", "since", 7, 7),
        Column("idle", "idle", 4, 6, align="right"),
        Column("failed", "failed", 6, 5, align="right"),
    )
    fields = frozenset({"user", "machine", "from", "tty", "on", "idle", "failed"})

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._told = (-1, False)
        self._summaries = UserSummaries(scene)

    def rows(self) -> Iterable[str]:
        """Everybody with an open session."""
        return self.fleet.sessions_of_user

    def contains(self, key: str) -> bool:
        """Whether they have an open session."""
        return key in self.fleet.sessions_of_user

    def touched(self, touched: Touched) -> Collection[str]:
        """Users of whose sessions anything changed."""
        return touched.users

    def place(self, key: str) -> Place | None:
        """Their own screen."""
        return UserPlace(key)

    def count(self) -> str:
        """How many are on, on machines that are up."""
        return str(sum(1 for key in self.rows() if any(True for _ in self.fleet.counted(self._all(key)))))

    def empty(self) -> str:
        """Nobody is a finding only where somebody has answered."""
        return nobody_in_fleet(self.fleet)

    def _all(self, key: str) -> Collection[Session]:
        return self.fleet.sessions_of_user.get(key, {}).values()

    def _summary(self, key: str) -> UserSummary:
        summary = self._summaries.of(key)
        assert summary is not None  # rows are those who have a session
        return summary

    def user(self, key: str) -> str:
        """The row itself."""
        return key

    def source(self, key: str) -> str:
        """The newest."""
        return self._summary(key).newest.source

    def cells(self, key: str) -> Sequence[Cell]:
        """The newest source first; idle is that of the terminal used last."""
        summary = self._summary(key)
        if not summary.on:
            return self._cells_as_of(key, summary.newest)
        now_us, zone = self.scene.now_us(), self.scene.zone
        return [
            [(key, user_role(key))],
            [(str(summary.on), "strong")],
            _sources(summary),
            [(since(summary.since_us, now_us, zone), "time")],
            [(self._idle(summary), "dim")],
            failed_cell(self._failed(key)),
        ]

    def _cells_as_of(self, key: str, latest: Session) -> Sequence[Cell]:
        machine = self.fleet.machines.get(latest.machine)
        seen = machine.last_sample_us if machine else 0
        as_of = f"as of {since(seen, self.scene.now_us(), self.scene.zone)}"
        return [[(key, "dim")], [("–", "dim")], [(f"{latest.machine} {as_of}", "dim")], [], [], []]

    def _idle(self, summary: UserSummary) -> str:
        idle_seconds = self._idle_seconds(summary)
        return "–" if idle_seconds is None else age(idle_seconds)

    def _idle_seconds(self, summary: UserSummary) -> float | None:
        if summary.input_us is None:
            return None
        return max(0, self.scene.now_us() - summary.input_us) / SECOND_US

    def _failed(self, key: str) -> int | None:
        """Failed logins under that name, on any machine, in the last hour."""
        count = self.fleet.failures.user_total(key).in_hour(self.scene.now_us())
        return count if count or self._can_tell() else None

    def _can_tell(self) -> bool:
        """Whether any machine tells of failed logins; asked once for all rows."""
        revision, can_tell = self._told
        if revision != self.fleet.revision:
            can_tell = any(machine.failures_known for machine in self.fleet.machines.values())
            self._told = (self.fleet.revision, can_tell)
        return can_tell

    def ages(self, key: str) -> str:
        """How long idle, and how many logins failed within the hour."""
        return f"{self._idle(self._summary(key))} {self._failed(key)}"

    def sort_value(self, key: str, column: str) -> object:
        """By name as people sort; the longest on first; the least idle first."""
        match column:
            case "user":
                return natural(key)
            case "since":
                return self._summary(key).since_us
            case "from":
                return natural(self._summary(key).newest.source)
            case _:
                return self.value(key, column)

    def value(self, key: str, field: str) -> Value:
        """Lists where a user has several of something."""
        match field:
            case "user":
                return key
            case "machine":
                return [session.machine for session in self._all(key)]
            case "from":
                return [session.source for session in self._all(key)]
            case "tty":
                return [session.tty for session in self._all(key)]
            case "on":
                return self._summary(key).on
            case "failed":
                return self._failed(key)
            case "idle":
                return self._idle_seconds(self._summary(key))
            case _:
                return None

    def visible(self, key: str) -> Iterable[str]:
        """The name and the sources."""
        yield key
        for session in self._all(key):
            yield session.source


def _sources(summary: UserSummary) -> Cell:
    shown = [where_from(summary.newest.source, summary.newest.tty)]
    return [*shown, (f" +{summary.others}", "dim")] if summary.others else shown

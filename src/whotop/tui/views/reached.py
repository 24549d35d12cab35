"""Whom and what a source has reached or tried: every user on every machine."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from whotop.core.failure_book import FailureKey
from whotop.core.fleet import Touched
from whotop.model import Session
from whotop.tui.columns import Column
from whotop.tui.views.machines import user_role
from whotop.tui.views.past import Past
from whotop.tui.views.past_failures import PastFailures
from whotop.tui.views.place import MachinePlace, Place
from whotop.tui.views.scene import Scene
from whotop.tui.views.times import day_and_time
from whotop.tui.views.view import Cell, Value, View, failed_cell, natural


class Reached(NamedTuple):
    """A user on a machine."""

    machine: str
    user: str


class ReachedView(View[Reached]):
    """Key: machine and user."""

    name = "Reached"
    sorts_by = "last"
    sorts_reversed = True
    columns: Sequence[Column] = (
        Column("machine", "machine", 9, 0, flexible=True),
        Column("user", "user", 9, 0, flexible=True),
        Column("logins", "logins", 6, 3, align="right"),
        Column("on", "on", 3, 2, align="right"),
        Column("failed", "failed", 6, 1, align="right"),
        Column("last", "last login", 16, 4),
    )
    fields = frozenset({"machine", "user", "logins", "on", "failed"})

    def __init__(self, scene: Scene, past: Past, failures: PastFailures, source: str) -> None:
        super().__init__(scene)
        self._past, self._failures, self._source = past, failures, source

    def rows(self) -> Iterable[Reached]:
        """Each once, those that were only tried too."""
        tried = self.fleet.failures.of_source(self._source).keys() | self._failures.tallies.keys()
        reached = {Reached(session.machine, session.user) for session in self._past.sessions.values()}
        return reached | {Reached(key.machine, key.user) for key in tried}

    def contains(self, key: Reached) -> bool:
        """Whether it was reached or tried."""
        tried = self._tally_key(key)
        was_tried = tried in self.fleet.failures.all or tried in self._failures.tallies
        return was_tried or any(True for _ in self._sessions(key))

    def touched(self, touched: Touched) -> Collection[Reached]:
        """Those of the sessions that changed, and of logins that failed."""
        known = self._past.sessions
        changed = {Reached(known[key].machine, known[key].user) for key in touched.sessions if key in known}
        return changed | {Reached(key.machine, key.user) for key in touched.failures if key.source == self._source}

    def _sessions(self, key: Reached) -> Iterator[Session]:
        return (session for session in self._past.sessions.values() if (session.machine, session.user) == key)

    def _tally_key(self, key: Reached) -> FailureKey:
        return FailureKey(key.machine, key.user, self._source)

    def _failed(self, key: Reached) -> int:
        """As many as are kept, however long ago."""
        tried = self._tally_key(key)
        tally = self.fleet.failures.all.get(tried)
        return self._failures.count_of(tried, 0 if tally is None else tally.counts.in_day(self.scene.now_us()))

    def _on(self, key: Reached) -> int:
        return sum(1 for _ in self.fleet.counted(session for session in self._sessions(key) if session.is_open))

    def _last_us(self, key: Reached) -> int:
        return max((session.fleet_login_us for session in self._sessions(key)), default=0)

    def place(self, key: Reached) -> Place | None:
        """The machine; ``u`` goes to the user."""
        return MachinePlace(key.machine)

    def user(self, key: Reached) -> str:
        """Who was it, or was tried."""
        return key.user

    def title(self, key: Reached) -> str:
        """The machine."""
        return key.machine

    def empty(self) -> str:
        """Nothing is known of the past."""
        return "no login is known"

    def cells(self, key: Reached) -> Sequence[Cell]:
        """``db-02  root  4  1  23  Nov 19 10:22``."""
        on, logins, last_us = self._on(key), sum(1 for _ in self._sessions(key)), self._last_us(key)
        shown = day_and_time(last_us, self.scene.now_us(), self.scene.zone)
        return [
            [(key.machine, "machine")],
            [(key.user, user_role(key.user))],
            [(str(logins) if logins else "–", "normal" if logins else "dim")],
            [(str(on), "strong") if on else ("–", "dim")],
            failed_cell(self._failed(key)),
            [(shown, "time") if last_us else ("never got in", "dim")],
        ]

    def ages(self, key: Reached) -> str:
        """How many logins failed."""
        return str(self._failed(key))

    def sort_value(self, key: Reached, column: str) -> object:
        """By time, then by failures; names as people sort them."""
        if column == "last":
            return self._last_us(key), self._failed(key)
        value = self.value(key, column)
        return natural(value) if isinstance(value, str) else value

    def value(self, key: Reached, field: str) -> Value:
        """One of each."""
        match field:
            case "machine":
                return key.machine
            case "user":
                return key.user
            case "logins":
                return sum(1 for _ in self._sessions(key))
            case "on":
                return self._on(key)
            case "failed":
                return self._failed(key)
            case _:
                return None

    def visible(self, key: Reached) -> Iterable[str]:
        """Both names."""
        return (key.machine, key.user)

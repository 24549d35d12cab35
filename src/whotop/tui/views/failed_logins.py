"""Logins that failed: on a machine, under a name, or in the whole fleet; from where, how often, when last."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TypeAlias

from whotop.core.failure_book import FailureKey, Tally
from whotop.core.fleet import Fleet, Touched
from whotop.tui.columns import Column
from whotop.tui.views.machines import user_role
from whotop.tui.views.place import MachinePlace, Place, UserPlace
from whotop.tui.views.scene import Scene
from whotop.tui.views.times import moment
from whotop.tui.views.view import Cell, Value, View, failed_cell, natural
from whotop.tui.views.where_from import where_from

TalliesOf: TypeAlias = Callable[[Fleet], Mapping[FailureKey, Tally]]

_COLUMNS = {
    "user": Column("user", "user", 9, 0, flexible=True),
    "machine": Column("machine", "machine", 9, 0, flexible=True),
    "from": Column("from", "from", 15, 0, flexible=True),
    "tty": Column("tty", "tty", 9, 1),
    "failed": Column("failed", "in 1h", 6, 4, align="right"),
    "day": Column("day", "in 24h", 6, 3, align="right"),
    "last": Column("last", "last", 8, 5),
}


class FailedLoginsView(View[FailureKey]):
    """Key: machine, user and source.

    ``shown`` names the columns before the figures, ``of`` picks the tallies from the fleet, and
    ``none`` says what it means if there are none.
    """

    name = "Failed logins"
    sorts_by = "last"
    sorts_reversed = True
    fields = frozenset({"user", "machine", "from", "tty", "failed", "day"})

    def __init__(self, scene: Scene, shown: Sequence[str], of: TalliesOf, none: Callable[[], str]) -> None:
        super().__init__(scene)
        self._shown = (*shown, "failed", "day", "last")
        self.columns = tuple(_COLUMNS[key] for key in self._shown)
        self._of = of
        self._none = none

    def rows(self) -> Iterable[FailureKey]:
        """Those of the last day."""
        return [key for key in self._of(self.fleet) if self.contains(key)]

    def contains(self, key: FailureKey) -> bool:
        """Whether it is among these, and no older than a day."""
        tally = self._of(self.fleet).get(key)
        return tally is not None and tally.counts.in_day(self.scene.now_us()) > 0

    def touched(self, touched: Touched) -> Collection[FailureKey]:
        """Those that have grown or gone."""
        return touched.failures

    def place(self, key: FailureKey) -> Place | None:
        """Whichever of machine and user this table does not say of all its rows."""
        return MachinePlace(key.machine) if "machine" in self._shown else UserPlace(key.user)

    def user(self, key: FailureKey) -> str:
        """The name that was tried."""
        return key.user

    def source(self, key: FailureKey) -> str:
        """Where it was tried from."""
        return key.source

    def title(self, key: FailureKey) -> str:
        """Where it came from: what one wants to block."""
        return key.source or key.user

    def count(self) -> str:
        """How many logins failed, not how many rows there are."""
        now_us = self.scene.now_us()
        return str(sum(tally.counts.in_day(now_us) for tally in self._of(self.fleet).values()))

    def empty(self) -> str:
        """None is a finding only where somebody could tell."""
        return self._none()

    def cells(self, key: FailureKey) -> Sequence[Cell]:
        """``root  203.0.113.9  ssh:notty  12  40  14:22:05``."""
        return [self._cell(self.fleet.failures.all[key], column) for column in self._shown]

    def _cell(self, tally: Tally, column: str) -> Cell:
        now_us = self.scene.now_us()
        match column:
            case "user":
                return [(tally.key.user, user_role(tally.key.user))]
            case "machine":
                return [(tally.key.machine, "machine")]
            case "from":
                return [where_from(tally.key.source, tally.tty)]
            case "tty":
                return [(tally.tty, "dim")]
            case "failed":
                return failed_cell(tally.counts.in_hour(now_us))
            case "day":
                return failed_cell(tally.counts.in_day(now_us), "normal")
            case _:
                return [(moment(tally.last_us, now_us, self.scene.zone), "time")]

    def ages(self, key: FailureKey) -> str:
        """How many of them are of the last hour and day."""
        tally, now_us = self.fleet.failures.all[key], self.scene.now_us()
        return f"{tally.counts.in_hour(now_us)} {tally.counts.in_day(now_us)}"

    def sort_value(self, key: FailureKey, column: str) -> object:
        """By time; names as people sort them."""
        if column == "last":
            return self.fleet.failures.all[key].last_us
        value = self.value(key, column)
        return natural(value) if isinstance(value, str) else value

    def value(self, key: FailureKey, field: str) -> Value:
        """One of each."""
        tally, now_us = self.fleet.failures.all[key], self.scene.now_us()
        match field:
            case "user":
                return key.user
            case "machine":
                return key.machine
            case "from":
                return key.source
            case "tty":
                return tally.tty
            case "failed":
                return tally.counts.in_hour(now_us)
            case "day":
                return tally.counts.in_day(now_us)
            case _:
                return None

    def visible(self, key: FailureKey) -> Iterable[str]:
        """All its texts."""
        tty = self.fleet.failures.all[key].tty
        return (key.user, key.machine, where_from(key.source, tty)[0], tty)

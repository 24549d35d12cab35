"""Logins that failed: on a machine, under a name, or in the whole fleet; from where, how often, when last."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TypeAlias

import msgspec

from whotop.core.failure_book import FailureKey, Tally
from whotop.core.fleet import Fleet, Touched
from whotop.core.kept_failures import KeptTally
from whotop.tui.columns import Column
from whotop.tui.views.machines import user_role
from whotop.tui.views.past_failures import PastFailures
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
    "kept": Column("kept", "kept", 6, 5, align="right"),
    "last": Column("last", "last", 8, 6),
}
_KEPT_TELLS_NOTHING = msgspec.structs.replace(_COLUMNS["kept"], priority=2)
"""It drops out before the day's while all that are kept are of the day."""


class FailedLoginsView(View[FailureKey]):
    """Key: machine, user and source.

    ``shown`` names the columns before the figures, ``of`` picks the tallies from the fleet, and
    ``none`` says what it means if there are none. With a ``past`` those that are kept from before
    are listed as well, and counted in a column of their own.
    """

    name = "Failed logins"
    sorts_by = "last"
    sorts_reversed = True
    fields = frozenset({"user", "machine", "from", "tty", "failed", "day", "kept"})

    def __init__(
        self,
        scene: Scene,
        shown: Sequence[str],
        of: TalliesOf,
        none: Callable[[], str],
        past: PastFailures | None = None,
    ) -> None:
        super().__init__(scene)
        figures = ("failed", "day", "last") if past is None else ("failed", "day", "kept", "last")
        self._shown = (*shown, *figures)
        self.columns = tuple(_COLUMNS[key] for key in self._shown)
        self._of = of
        self._none = none
        self._past = past

    def columns_now(self) -> Sequence[Column]:
        """The number of all that are kept matters where it is more than the day's."""
        if self._past is not None and self._past.count > self._all_in_day():
            return self.columns
        return [_KEPT_TELLS_NOTHING if column.key == "kept" else column for column in self.columns]

    def rows(self) -> Iterable[FailureKey]:
        """Those of the last day, and those that are kept."""
        kept = () if self._past is None else self._past.tallies
        return [key for key in dict.fromkeys([*self._of(self.fleet), *kept]) if self.contains(key)]

    def contains(self, key: FailureKey) -> bool:
        """Whether it is among these, and either kept or no older than a day."""
        return self._kept_tally(key) is not None or self._counted_in_day(key) > 0

    def _kept_tally(self, key: FailureKey) -> KeptTally | None:
        return None if self._past is None else self._past.tallies.get(key)

    def _counted_in_day(self, key: FailureKey) -> int:
        tally = self._of(self.fleet).get(key)
        return 0 if tally is None else tally.counts.in_day(self.scene.now_us())

    def _latest(self, key: FailureKey) -> Tally | KeptTally:
        """Of the two that count it, the one that knows the later failure."""
        counted, kept = self._of(self.fleet).get(key), self._kept_tally(key)
        return max((tally for tally in (counted, kept) if tally is not None), key=lambda tally: tally.last_us)

    def _in_hour(self, key: FailureKey) -> int | None:
        """``None`` where nobody can tell."""
        tally = self._of(self.fleet).get(key)
        return self._told(key, 0 if tally is None else tally.counts.in_hour(self.scene.now_us()))

    def _in_day(self, key: FailureKey) -> int | None:
        return self._told(key, self._counted_in_day(key))

    def _told(self, key: FailureKey, count: int) -> int | None:
        machine = self.fleet.machines.get(key.machine)
        return count if count or (machine is not None and machine.failures_known) else None

    def _kept(self, key: FailureKey) -> int:
        in_day = self._counted_in_day(key)
        return in_day if self._past is None else self._past.count_of(key, in_day)

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
        """How many logins failed, not how many rows there are: ``24``, ``24 in 24h, 1240 kept``, ``50 kept``."""
        in_day = self._all_in_day()
        if self._past is None or self._past.count <= in_day:
            return str(in_day)
        return f"{in_day} in 24h, {self._past.words}" if in_day else self._past.words

    def _all_in_day(self) -> int:
        now_us = self.scene.now_us()
        return sum(tally.counts.in_day(now_us) for tally in self._of(self.fleet).values())

    def empty(self) -> str:
        """None is a finding only where somebody could tell."""
        return self._none()

    def cells(self, key: FailureKey) -> Sequence[Cell]:
        """``root  203.0.113.9  ssh:notty  12  40  1240  14:22:05``."""
        return [self._cell(key, column) for column in self._shown]

    def _cell(self, key: FailureKey, column: str) -> Cell:
        latest = self._latest(key)
        match column:
            case "user":
                return [(key.user, user_role(key.user))]
            case "machine":
                return [(key.machine, "machine")]
            case "from":
                return [where_from(key.source, latest.tty)]
            case "tty":
                return [(latest.tty, "dim")]
            case "failed":
                return failed_cell(self._in_hour(key))
            case "day":
                return failed_cell(self._in_day(key), "normal")
            case "kept":
                return failed_cell(self._kept(key), "normal")
            case _:
                return [(moment(latest.last_us, self.scene.now_us(), self.scene.zone), "time")]

    def ages(self, key: FailureKey) -> str:
        """How many of them are of the last hour and day."""
        return f"{self._in_hour(key)} {self._in_day(key)}"

    def sort_value(self, key: FailureKey, column: str) -> object:
        """By time; names as people sort them."""
        if column == "last":
            return self._latest(key).last_us
        value = self.value(key, column)
        return natural(value) if isinstance(value, str) else value

    def value(self, key: FailureKey, field: str) -> Value:
        """One of each."""
        match field:
            case "user":
                return key.user
            case "machine":
                return key.machine
            case "from":
                return key.source
            case "tty":
                return self._latest(key).tty
            case "failed":
                return self._in_hour(key)
            case "day":
                return self._in_day(key)
            case "kept":
                return self._kept(key)
            case _:
                return None

    def visible(self, key: FailureKey) -> Iterable[str]:
        """All its texts."""
        tty = self._latest(key).tty
        return (key.user, key.machine, where_from(key.source, tty)[0], tty)

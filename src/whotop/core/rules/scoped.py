"""A rule's settings at a place: what holds for this machine, this user, this source."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fnmatch import fnmatchcase
from typing import Generic, TypeVar

from msgspec.structs import replace

from whotop.core.networks import Networks
from whotop.core.rules.names import Names
from whotop.core.rules.table import RuleTable, Scope

Table = TypeVar("Table", bound=RuleTable)


class Scoped(Generic[Table]):
    """A rule's table and its scopes. What fits a machine is found once, not for every event.

    Scopes that fit lie one over the other in the order in which they are written: the last wins.
    """

    def __init__(self, table: Table, tags: Mapping[str, Collection[str]]) -> None:
        self.everywhere = table
        """What holds where no scope says otherwise."""
        self._tags = tags
        self._scopes = tuple(map(_Fit, table.scopes))
        self._asks_who = any(fit.asks_who for fit in self._scopes)
        self._of_machine: dict[str, tuple[int, ...]] = {}
        self._laid: dict[tuple[int, ...], Table] = {(): table}

    def at(self, machine: str, user: str = "", source: str = "") -> Table:
        """What holds there; an empty machine is the fleet as a whole."""
        if not self._scopes:
            return self.everywhere
        fitting = self._of_machine.get(machine)
        if fitting is None:
            fitting = self._of_machine[machine] = self._fitting(machine)
        if self._asks_who:
            fitting = tuple(number for number in fitting if self._scopes[number].is_about(user, source))
        laid = self._laid.get(fitting)
        return self._lay(fitting) if laid is None else laid

    def forget(self, machine: str) -> None:
        """The machine's tags have changed, or it is watched no longer."""
        self._of_machine.pop(machine, None)

    def _fitting(self, machine: str) -> tuple[int, ...]:
        tags = self._tags.get(machine, ())
        return tuple(number for number, fit in enumerate(self._scopes) if fit.is_at(machine, tags))

    def _lay(self, fitting: tuple[int, ...]) -> Table:
        changes = {name: value for number in fitting for name, value in self._scopes[number].changes.items()}
        laid = self._laid[fitting] = replace(self.everywhere, **changes)
        return laid


class _Fit:
    """What a scope names, ready to be compared."""

    def __init__(self, scope: Scope) -> None:
        self.changes = scope.changes
        self._machines = tuple(name for name in scope.machines if not name.startswith("@"))
        self._tags = frozenset(name[1:] for name in scope.machines if name.startswith("@"))
        self._users = Names(scope.users) if scope.users else None
        self._sources = Networks(scope.sources)
        self.asks_who = bool(scope.users or scope.sources)

    def is_at(self, machine: str, tags: Collection[str]) -> bool:
        if not self._machines and not self._tags:
            return True
        return not self._tags.isdisjoint(tags) or any(fnmatchcase(machine, name) for name in self._machines)

    def is_about(self, user: str, source: str) -> bool:
        if self._users is not None and not self._users.hold(user):
            return False
        return not self._sources or self._sources.hold(source)

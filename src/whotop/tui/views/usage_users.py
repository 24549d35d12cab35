"""Who logged in within one period, how often, and where."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from whotop.core.fleet import Touched
from whotop.core.usage import UserUsage
from whotop.tui.columns import Column
from whotop.tui.views.machines import user_role
from whotop.tui.views.place import Place, UserPlace
from whotop.tui.views.scene import Scene
from whotop.tui.views.view import Cell, Value, View, natural


class UsageUsersView(View[str]):
    """Key: the user's name."""

    name = "Users"
    sorts_by = "logins"
    sorts_reversed = True
    columns: Sequence[Column] = (
        Column("user", "user", 12, 0, flexible=True),
        Column("logins", "logins", 7, 0, align="right"),
        Column("days", "days", 5, 1, align="right"),
        Column("machines", "machines", 14, 2, flexible=True),
    )
    fields = frozenset({"user", "logins", "days", "machine"})

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._of = ""
        self._users: dict[str, UserUsage] | None = None

    def show(self, of: str, users: Iterable[UserUsage] | None) -> None:
        """Show those of a period; ``None`` while they are asked for."""
        self._of = of
        self._users = None if users is None else {one.user: one for one in users}

    def rows(self) -> Iterable[str]:
        """Everybody."""
        return self._users or ()

    def contains(self, key: str) -> bool:
        """Whether they logged in then."""
        return self._users is not None and key in self._users

    def touched(self, touched: Touched) -> Collection[str]:
        """None: the store is asked anew."""
        return ()

    def place(self, key: str) -> Place | None:
        """Their own screen."""
        return UserPlace(key)

    def user(self, key: str) -> str:
        """The row itself."""
        return key

    def count(self) -> str:
        """``41, week to 2026-11-22``."""
        number = "" if self._users is None else str(len(self._users))
        return ", ".join(filter(None, (number, self._of)))

    def empty(self) -> str:
        """Nobody is a finding only once the store has answered."""
        return "the store is being asked" if self._users is None else "nobody logged in"

    def cells(self, key: str) -> Sequence[Cell]:
        """``alice  12  5  db-02, web-01``."""
        one = self._of_user(key)
        return [
            [(key, user_role(key))],
            [(f"{one.logins:,}", "strong")],
            [(str(one.days), "normal")],
            [(", ".join(one.machines), "machine")],
        ]

    def _of_user(self, key: str) -> UserUsage:
        assert self._users is not None
        return self._users[key]

    def sort_value(self, key: str, column: str) -> object:
        """By number; names as people sort them."""
        if column == "machines":
            return len(self._of_user(key).machines)
        value = self.value(key, column)
        return natural(value) if isinstance(value, str) else value

    def value(self, key: str, field: str) -> Value:
        """One of each; several machines."""
        one = self._of_user(key)
        match field:
            case "user":
                return key
            case "machine":
                return one.machines
            case "days":
                return one.days
        return one.logins

    def visible(self, key: str) -> Iterable[str]:
        """The name and the machines."""
        return (key, *self._of_user(key).machines)

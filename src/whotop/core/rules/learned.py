"""What a rule has learned of users: bounded, and with what must outlive this process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Generic, TypeVar

USERS_KEPT = 50_000
"""When there are more, the one who logged in longest ago is forgotten."""

Value = TypeVar("Value")


class Learned(Generic[Value]):
    """One value for each user."""

    def __init__(self, rule: str, users_kept: int = USERS_KEPT) -> None:
        self._rule, self._users_kept = rule, users_kept
        self._values: OrderedDict[str, Value] = OrderedDict()
        """The one who logged in last at the end."""
        self._changed: set[str] = set()

    def get(self, user: str) -> Value | None:
        """What is known of a user."""
        return self._values.get(user)

    def put(self, user: str, value: Value) -> None:
        """Know this of a user, who has just logged in."""
        self._values.pop(user, None)
        self._values[user] = value
        if len(self._values) > self._users_kept:
            oldest = next(iter(self._values))
            del self._values[oldest]
            self._mark(oldest)

    def renew(self, user: str, value: Value) -> None:
        """The same of a user who was known already, and is not moved to the end."""
        self._values[user] = value

    def change(self, user: str, value: Value) -> None:
        """The same, where that is worth keeping at once."""
        self.put(user, value)
        self._mark(user)

    def changes(self) -> Mapping[tuple[str, str], Value | None]:
        """What has changed since this was last asked for, as ``Rule.state`` gives it."""
        changed, self._changed = self._changed, set()
        return {(self._rule, user): self._values.get(user) for user in changed}

    def _mark(self, user: str) -> None:
        if len(self._changed) < 2 * self._users_kept:
            self._changed.add(user)

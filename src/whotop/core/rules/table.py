"""What the table of every rule is: ``[rules.cpu]``, and ``[[rules.cpu.scopes]]`` where it is set differently."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

Percent = Annotated[float, Meta(ge=0, le=100)]
Seconds = Annotated[float, Meta(ge=0, le=366 * 86_400)]
Positive = Annotated[float, Meta(ge=1, le=366 * 86_400)]
PLACES = ("machines", "users", "sources")
"""What a scope can name."""


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """Where a rule is set differently, and how. All that it names must fit, one of each is enough."""

    machines: tuple[str, ...] = ()
    """Names, globs, and tags as ``@tag``."""
    users: tuple[str, ...] = ()
    """Names and globs, upper and lower case alike; with or without a Windows domain."""
    sources: tuple[str, ...] = ()
    """Networks, addresses, names and globs: see ``core.networks``."""
    changes: dict[str, object] = {}
    """Field = value, as the rule's table has them."""


class RuleTable(msgspec.Struct, frozen=True, kw_only=True):
    """One rule's settings. Its docstring's first line says in ``whotop rules`` what the rule is."""

    scoped_by: ClassVar[tuple[str, ...]] = ("machines",)
    """Those of ``PLACES`` that this rule can tell apart."""
    fleet_wide: ClassVar[frozenset[str]] = frozenset()
    """Fields that hold everywhere: no scope can change them."""

    on: bool = True
    """Whether the rule judges."""
    scopes: tuple[Scope, ...] = ()
    """`[[rules.NAME.scopes]]`: machines, users, sources where other fields hold; the last that fits wins."""

    @property
    def is_on_somewhere(self) -> bool:
        """Whether there is anything to judge."""
        return self.on or any(scope.changes.get("on") for scope in self.scopes)

    def faults(self) -> Iterator[tuple[str, str]]:
        """Fields that cannot be as they are, beside the others, and why; ``within`` for ``within_seconds``."""
        yield from ()

"""The settings of the rules about machines, each with where its defaults come from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta

from whotop.core.rules.table import Percent, Positive, RuleTable, Seconds
from whotop.model.alert import Level


class UnreachableTable(RuleTable, frozen=True, kw_only=True):
    """A machine is not heard: stale after two missed samples (warn), down after three or without a connection (high).

    Many at once are one alert. There is no upstream default to follow.
    """

    fleet_wide = frozenset({"group_count", "group_within_seconds"})

    group_count: Annotated[int, Meta(ge=2, le=100_000)] = 5
    """So many machines…"""
    group_within_seconds: Positive = 60.0
    """…that are lost within this time are one alert."""


class RebootedTable(RuleTable, frozen=True, kw_only=True):
    """A machine runs another boot than before."""

    level: Level = Level.WARN
    """How much it matters: info, warn or high."""
    stands_seconds: Seconds = 3_600.0
    """How long a reboot stays an open alert."""


class ClockTable(RuleTable, frozen=True, kw_only=True):
    """A machine's clock is off. whotop's own limits: no monitor that we know has any."""

    warn_seconds: Positive = 2.0
    """How far it may be off before the alert opens; it resolves at half of that."""
    high_seconds: Positive = 30.0
    """How far it may be off before the alert is high."""

    def faults(self) -> Iterator[tuple[str, str]]:
        """High comes after warn."""
        if self.high_seconds < self.warn_seconds:
            yield "high", "is less than warn"


class PercentTable(RuleTable, frozen=True, kw_only=True):
    """A share that stays over its limit."""

    percent: Percent = 90.0
    """The limit; only what is greater is over it."""
    for_seconds: Seconds = 300.0
    """How long it must stay over its limit before the alert opens; `"0s"`: the first reading tells.
    As long at or under its limit, and the alert resolves…"""
    resolve_below_points: Percent = 5.0
    """…or at once when it has fallen this far below."""
    level: Level = Level.WARN
    """How much it matters: info, warn or high."""

    @property
    def limit(self) -> float:
        """What a figure is compared with."""
        return self.percent

    @property
    def resolve_at(self) -> float:
        """What a figure falls to when it is over at once."""
        return max(self.percent - self.resolve_below_points, 0.0)


class CpuTable(PercentTable, frozen=True, kw_only=True):
    """CPU in use over a limit."""


class MemoryTable(PercentTable, frozen=True, kw_only=True):
    """Memory in use over a limit."""

    percent: Percent = 95.0
    """The limit; only what is greater is over it."""


class SwapTable(PercentTable, frozen=True, kw_only=True):
    """Swap in use over a limit. Netdata's swap.conf warns over 80 % too."""

    percent: Percent = 80.0
    """The limit; only what is greater is over it."""


class DiskTable(PercentTable, frozen=True, kw_only=True):
    """A file system in use over a limit: each has an alert of its own."""

    for_seconds: Seconds = 60.0
    """How long it must stay over its limit before the alert opens, or at or under it before it resolves…"""


class LoadTable(RuleTable, frozen=True, kw_only=True):
    """Load of a quarter of an hour over a limit for each core. Netdata's load.conf warns at twice the cores too."""

    per_core: Annotated[float, Meta(ge=0, le=1_000)] = 2.0
    """The limit; only what is greater is over it."""
    for_seconds: Seconds = 60.0
    """How long it must stay over its limit before the alert opens, or at or under it before it resolves…"""
    resolve_below_per_core: Annotated[float, Meta(ge=0, le=1_000)] = 0.25
    """…or at once when it has fallen this far below."""
    level: Level = Level.WARN
    """How much it matters: info, warn or high."""

    @property
    def limit(self) -> float:
        """What a figure is compared with."""
        return self.per_core

    @property
    def resolve_at(self) -> float:
        """What a figure falls to when it is over at once."""
        return max(self.per_core - self.resolve_below_per_core, 0.0)


class TamperingTable(RuleTable, frozen=True, kw_only=True):
    """Records of logins were shrunk, rewritten or erased (Elastic aa895aea, Wazuh 592)."""

    level: Level = Level.HIGH
    """How much it matters: info, warn or high."""
    stands_seconds: Seconds = 86_400.0
    """How long it stays an open alert."""


class FloodTable(RuleTable, frozen=True, kw_only=True):
    """A machine tells more events than are kept of one: 200,000 at once, 1,200 a minute from then on."""

    level: Level = Level.HIGH
    """How much it matters: info, warn or high."""


class ClearedTable(RuleTable, frozen=True, kw_only=True):
    """A log of logins was cleared (Windows events 1102 and 104; Sigma, Wazuh 593)."""

    scoped_by = ("machines", "users")

    level: Level = Level.HIGH
    """How much it matters: info, warn or high."""
    stands_seconds: Seconds = 86_400.0
    """How long it stays an open alert."""

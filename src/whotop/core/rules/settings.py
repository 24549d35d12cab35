"""The numbers of the rules, as the ``[rules]`` table of the configuration sets them."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

Percent = Annotated[float, Meta(ge=0, le=100)]
Seconds = Annotated[float, Meta(ge=0, le=366 * 86_400)]
Positive = Annotated[float, Meta(ge=1, le=366 * 86_400)]
Count = Annotated[int, Meta(ge=2, le=1_000_000)]


class RuleSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every limit, each with its default."""

    off: tuple[str, ...] = ()
    """Names of rules that are to be silent: unreachable, rebooted, clock, cpu, memory, disk, logins."""
    cpu_percent: Percent = 90.0
    cpu_for_seconds: Seconds = 300.0
    memory_percent: Percent = 95.0
    memory_for_seconds: Seconds = 300.0
    disk_percent: Percent = 90.0
    disk_for_seconds: Seconds = 60.0
    resolve_below_points: Percent = 5.0
    """How far below its limit a figure must fall before the alert resolves."""
    clock_warn_seconds: Positive = 2.0
    clock_high_seconds: Positive = 30.0
    rebooted_for_seconds: Seconds = 3_600.0
    """How long a reboot stays an open alert."""
    logins_window_seconds: Positive = 3_600.0
    logins_start_seconds: float = 0.0
    """Where windows are counted from, in seconds since 1970."""
    logins_from: Count = 2
    """The login of one source in one window that opens the alert."""
    logins_warn_from: Count = 10
    logins_high_from: Count = 100

"""The numbers of the rules, as the ``[rules]`` table of the configuration sets them."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from whotop.core.windows import WindowMode

Percent = Annotated[float, Meta(ge=0, le=100)]
Seconds = Annotated[float, Meta(ge=0, le=366 * 86_400)]
Positive = Annotated[float, Meta(ge=1, le=366 * 86_400)]
Count = Annotated[int, Meta(ge=2, le=1_000_000)]
RuleName = Literal[
    "unreachable",
    "rebooted",
    "clock",
    "cpu",
    "memory",
    "disk",
    "logins",
    "failed",
    "guessed",
    "tampering",
    "cleared",
]


class RuleSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every limit, each with its default."""

    off: tuple[RuleName, ...] = ()
    """Names of rules that are to be silent: unreachable, rebooted, clock, cpu, memory, disk, logins, failed,
    guessed, tampering, cleared."""
    cpu_percent: Percent = 90.0
    """CPU in use above which the alert opens."""
    cpu_for_seconds: Seconds = 300.0
    """How long it must stay above."""
    memory_percent: Percent = 95.0
    """Memory in use above which the alert opens."""
    memory_for_seconds: Seconds = 300.0
    """How long it must stay above."""
    disk_percent: Percent = 90.0
    """Share of a file system in use above which its alert opens."""
    disk_for_seconds: Seconds = 60.0
    """How long it must stay above."""
    resolve_below_points: Percent = 5.0
    """How far below its limit a figure must fall before the alert resolves."""
    clock_warn_seconds: Positive = 2.0
    """How far a machine's clock may be off before the alert opens."""
    clock_high_seconds: Positive = 30.0
    """How far it may be off before the alert is high."""
    rebooted_for_seconds: Seconds = 3_600.0
    """How long a reboot stays an open alert."""
    tampering_for_seconds: Seconds = 86_400.0
    """How long it stays an open alert that records were shrunk, rewritten, erased or cleared."""
    logins_mode: WindowMode = "tumbling"
    """What a window is: tumbling (side by side), sliding (any span shorter than the length) or gap (logins no
    further apart than the length)."""
    logins_window_seconds: Positive = 3_600.0
    """Length of the windows in which the logins of one source are counted."""
    logins_start_seconds: float = 0.0
    """A moment at which a tumbling window begins; the others follow from it without a gap."""
    logins_from: Count = 2
    """The login of one source in one window that opens the alert."""
    logins_warn_from: Count = 10
    """The login from which it warns."""
    logins_high_from: Count = 100
    """The login from which it is high."""
    failed_from: Count = 5
    """The failed login of one source on one machine that opens the alert…"""
    failed_within_seconds: Positive = 600.0
    """…if they are within this time; without one for as long, it resolves."""
    failed_high_from: Count = 100
    """The failed login from which it is high."""
    guessed_from: Count = 5
    """How many failed logins within that time make a login from the same source suspicious."""
    guessed_for_seconds: Seconds = 3_600.0
    """How long such a login stays an open alert."""

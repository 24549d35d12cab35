"""The settings of the rules about logins that are on from the first start, each with its upstream rule."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from whotop.core.rules.table import PLACES, Positive, RuleTable, Seconds
from whotop.core.windows import WindowMode
from whotop.model.alert import Level

Count = Annotated[int, Meta(ge=2, le=1_000_000)]
KeptCount = Annotated[int, Meta(ge=1, le=1_000)]
"""Of what is remembered one by one."""


class LoginsTable(RuleTable, frozen=True, kw_only=True):
    """One source logs in more than once within one window, the same user twice included.

    As the login analyser that whotop replaces has it; the levels are whotop's own steps.
    """

    scoped_by = PLACES
    fleet_wide = frozenset({"mode", "window_seconds", "start_seconds"})

    mode: WindowMode = "tumbling"
    """What a window is: tumbling (side by side), sliding (any span shorter than the length) or gap (logins no
    further apart than the length)."""
    window_seconds: Positive = 3_600.0
    """Length of the windows in which the logins of one source are counted."""
    start_seconds: float = 0.0
    """A moment at which a tumbling window begins; the others follow from it without a gap."""
    count: Count = 2
    """The login of one source in one window that opens the alert."""
    warn_count: Count = 10
    """The login from which it warns."""
    high_count: Count = 100
    """The login from which it is high."""


class FailedTable(RuleTable, frozen=True, kw_only=True):
    """One source fails to log in again and again (fail2ban's jail.conf: maxretry 5, findtime 10m).

    One source on many machines is one alert.
    """

    scoped_by = PLACES
    fleet_wide = frozenset({"within_seconds"})

    count: KeptCount = 5
    """The failed login of one source on one machine that opens the alert…"""
    fleet_count: KeptCount = 20
    """…or that on all machines together, if it is not less…"""
    within_seconds: Positive = 600.0
    """…if they are within this time; without one for as long, it resolves."""
    high_count: Count = 100
    """The failed login from which it is high."""


class GuessedTable(RuleTable, frozen=True, kw_only=True):
    """One source logs in after it has failed again and again (Sentinel cf3ede88, Elastic 4e85dc8a: five too)."""

    scoped_by = PLACES
    fleet_wide = frozenset({"within_seconds"})

    count: KeptCount = 5
    """So many failed logins on the same machine…"""
    fleet_count: KeptCount = 20
    """…or on all machines together, if it is not less…"""
    within_seconds: Positive = 600.0
    """…within this time make the login suspicious."""
    stands_seconds: Seconds = 3_600.0
    """How long such a login stays an open alert."""
    level: Level = Level.HIGH
    """How much it matters: info, warn or high."""

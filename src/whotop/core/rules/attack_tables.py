"""The settings of the rules about attacks that one machine alone does not show, each with its upstream rule."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from whotop.core.rules.account_tables import LoginTable
from whotop.core.rules.table import PLACES, Positive, RuleTable
from whotop.model.alert import Level

Several = Annotated[int, Meta(ge=2, le=200)]
"""Of what is remembered one by one."""


class SprayingTable(RuleTable, frozen=True, kw_only=True):
    """One source fails as many users, or on many machines (CrowdSec ssh-bf_user-enum; Elastic 9e81b1fd)."""

    scoped_by = PLACES
    fleet_wide = frozenset({"users_within_seconds", "machines_within_seconds"})

    users_count: Several = 6
    """So many users, on whichever machines…"""
    users_within_seconds: Positive = 300.0
    """…within this time."""
    machines_count: Several = 3
    """Or so many machines, with one name on several of them…"""
    machines_within_seconds: Positive = 600.0
    """…within this time."""
    level: Level = Level.WARN
    """How much it matters: info, warn or high…"""
    high_count: Annotated[int, Meta(ge=2, le=1_000_000)] = 100
    """…and from this failed login on, high."""


class SlowTable(RuleTable, frozen=True, kw_only=True):
    """Failed logins that are few at a time and many in a day (CrowdSec ssh-slow-bf; Sigma's of 24 hours).

    What rules `failed` or `spraying` tell of is not told here again.
    """

    scoped_by = PLACES
    fleet_wide = frozenset({"within_seconds"})

    on: bool = False
    """Whether the rule judges."""
    source_count: Several = 10
    """So many of one source, on all machines…"""
    user_count: Annotated[int, Meta(ge=2, le=1_000)] = 50
    """…or so many against one user, from all sources…"""
    within_seconds: Positive = 86_400.0
    """…within this time."""
    level: Level = Level.WARN
    """How much it matters: info, warn or high."""


class TravelTable(LoginTable, frozen=True, kw_only=True):
    """A user logs in from a place that nobody can have reached since the last login (CrowdSec impossible-travel)."""

    on: bool = False
    """Whether the rule judges."""
    database: str = ""
    """File with the places of addresses, in MaxMind's format (GeoLite2 City). Needs `pip install whotop[geo]`."""
    speed_km_per_hour: Annotated[float, Meta(ge=1, le=100_000)] = 900.0
    """Speed above which nobody travels: that of an airliner."""
    distance_km: Annotated[float, Meta(ge=1, le=20_000)] = 500.0
    """What is nearer is no travel: databases are not exact, and providers hand addresses on."""

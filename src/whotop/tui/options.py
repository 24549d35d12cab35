"""What the caller of the screen may choose; everything has a default that suits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, tzinfo
from pathlib import Path

import msgspec

from whotop.config.usage_settings import UsageTable
from whotop.core.rules.settings import RuleSettings
from whotop.model import Level


class Limits(msgspec.Struct, frozen=True):
    """Figures from which a percentage wears ``▲`` in a table; the rules' own limits."""

    cpu_percent: float = 90.0
    memory_percent: float = 90.0
    disk_percent: float = 90.0


class AlertCalls(msgspec.Struct, frozen=True):
    """Whether the terminal calls when an alert opens."""

    bell: bool = False
    """It rings."""
    flash: bool = False
    """Its first line is reversed for a moment."""
    level: Level = Level.WARN
    """The lowest level that does so."""


class ScreenOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How the screen looks and where it writes."""

    theme: str = ""
    """Name of a theme; empty for the default one."""
    theme_folder: Path | None = None
    """The user's own themes."""
    keys: Mapping[str, str | Sequence[str]] = {}
    """Action id to keys, as ``[keys]`` of the configuration has them."""
    zone: tzinfo = UTC
    """The viewer's time zone."""
    limits: Limits = Limits()
    rules: RuleSettings = RuleSettings()
    """Of the alerts: they say what a series of logins is."""
    table_folder: Path = Path()
    """Where ``w`` writes tables."""
    account: str = ""
    """Who sits here: said with what they acknowledge and mute."""
    usage: UsageTable = UsageTable()
    """Whose days usage counts, and who does not count."""
    alerts: AlertCalls = AlertCalls()
    """Whether the terminal calls when an alert opens."""
    warnings: tuple[str, ...] = ()
    """Lines to show once at the start: a theme file that was skipped, too few open files."""

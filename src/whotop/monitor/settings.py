"""What the monitor may be told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, tzinfo

from whotop.collect.settings import CollectSettings
from whotop.config.usage_settings import UsageTable
from whotop.core.locate import Locate, nowhere
from whotop.core.rules.settings import RuleSettings
from whotop.notify.settings import NotifySettings


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorSettings:
    """How machines are reached, what is judged, who is told and what is recorded."""

    collect: CollectSettings
    rules: RuleSettings = field(default_factory=RuleSettings)
    locate: Locate = nowhere
    """Where sources are, for the rules that ask."""
    zone: tzinfo = UTC
    """What time it is for people, for the rules that ask."""
    notify: NotifySettings | None = None
    """Whom to tell of alerts; None: nobody."""
    usage: UsageTable | None = None
    """How usage is recorded; None: it is not."""

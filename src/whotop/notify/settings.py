"""All that it takes to tell people."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, tzinfo

from whotop.config.notify_settings import NotifyTable


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifySettings:
    """Whom, and in which time zone."""

    table: NotifyTable = field(default_factory=NotifyTable)
    zone: tzinfo = UTC

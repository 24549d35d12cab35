"""All that it takes to tell people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, tzinfo

from whotop.config.notify_settings import NotifyTable
from whotop.model import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifySettings:
    """Whom, and in which time zone."""

    table: NotifyTable = field(default_factory=NotifyTable)
    zone: tzinfo = UTC

    def tells_anybody(self, targets: Iterable[Target]) -> bool:
        """Whether there is a target, or a machine with an address of its own and a server to send it mail."""
        return self.table.has_targets or bool(self.table.smtp.host and any(target.mail for target in targets))

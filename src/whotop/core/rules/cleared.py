"""Rule ``cleared``: somebody emptied a log in which a machine writes down logins.

Windows writes into the emptied log who did it (events 1102 and 104). Administrators rarely need to;
intruders do it to be forgotten. The alert is high, and stands for a day.
"""

from __future__ import annotations

from whotop.clock import SECOND_US
from whotop.core.rules.findings import Finding
from whotop.core.rules.rule import Rule, RuleContext
from whotop.core.rules.standing import resolve_ripe
from whotop.model import Alert, Event, Standing

RULE = "cleared"


class Cleared(Rule):
    """One alert for each log of a machine."""

    names = (RULE,)

    def __init__(self, context: RuleContext) -> None:
        super().__init__(context)
        self._settings = context.scoped(context.settings.cleared)

    def on_log_cleared(self, event: Event, now_us: int) -> list[Alert]:
        """A record that says that a log was cleared; its detail names the log."""
        settings = self._settings.at(event.machine, event.user)
        if not settings.on:
            return []
        standing = self.alerts.get(RULE, event.machine, event.detail)
        count = 1 if standing is None else standing.count + 1
        text = f"{event.detail or 'log'} cleared by {event.user or 'nobody that it names'}"
        finding = Finding(
            rule=RULE,
            machine=event.machine,
            subject=event.detail,
            level=settings.level,
            text=text if count == 1 else f"{text}, {count} times",
            count=count,
            evidence_keys=event.key,
            late=event.standing is Standing.LATE,
            comes_back=False,
        )
        return self.alerts.found(finding, now_us)

    def tick(self, now_us: int) -> list[Alert]:
        """Resolve what has stood long enough."""
        return resolve_ripe(self.alerts, RULE, self._stands_us, now_us)

    def _stands_us(self, alert: Alert) -> int:
        return round(self._settings.at(alert.machine).stands_seconds * SECOND_US)

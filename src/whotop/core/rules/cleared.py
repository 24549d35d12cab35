"""Rule ``cleared``: somebody emptied a log in which a machine writes down logins.

Windows writes into the emptied log who did it (events 1102 and 104). Administrators rarely need to;
intruders do it to be forgotten. The alert is high, and stands for ``tampering_for_seconds`` (a day).
"""

from __future__ import annotations

from whotop.clock import SECOND_US
from whotop.core.rules.findings import Finding, OpenAlerts
from whotop.core.rules.settings import RuleSettings
from whotop.model import Alert, Event, Level, Standing

RULE = "cleared"


class Cleared:
    """One alert for each log of a machine."""

    def __init__(self, settings: RuleSettings, alerts: OpenAlerts) -> None:
        self._alerts = alerts
        self._stands_us = round(settings.tampering_for_seconds * SECOND_US)

    def judge(self, event: Event, now_us: int) -> list[Alert]:
        """A record that says that a log was cleared; its detail names the log."""
        if event.standing is Standing.HISTORY:
            return []
        standing = self._alerts.get(RULE, event.machine, event.detail)
        count = 1 if standing is None else standing.count + 1
        text = f"{event.detail or 'log'} cleared by {event.user or 'nobody that it names'}"
        finding = Finding(
            rule=RULE,
            machine=event.machine,
            subject=event.detail,
            level=Level.HIGH,
            text=text if count == 1 else f"{text}, {count} times",
            count=count,
            evidence=(event.key,),
            late=event.standing is Standing.LATE,
        )
        return self._alerts.found(finding, now_us)

    def tick(self, now_us: int) -> list[Alert]:
        """Resolve what has stood long enough."""
        ripe = [alert for alert in self._alerts.of_rule(RULE) if alert.updated_us + self._stands_us <= now_us]
        return [done for alert in ripe for done in self._alerts.over(RULE, alert.machine, alert.subject, now_us)]

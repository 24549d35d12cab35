"""Rule ``tampering``: what a machine wrote down is not what it had written.

A file of records became shorter or holds other bytes than were read of it, and no rotated copy has
them; or a record within it was erased, as programs that hide a login do. A machine that has been
installed anew is told of once in this way too. A record erased while nobody watched is found when
it is read, or when the one before the place that was read to has changed.
The alert stands for ``tampering_for_seconds`` (a day) and counts what is found meanwhile.
"""

from __future__ import annotations

from whotop.clock import SECOND_US
from whotop.core.rules.findings import Finding, OpenAlerts
from whotop.core.rules.settings import RuleSettings
from whotop.model import Alert, Level, Origin

RULE = "tampering"


class Tampering:
    """One alert for each origin of a machine."""

    def __init__(self, settings: RuleSettings, alerts: OpenAlerts) -> None:
        self._alerts = alerts
        self._stands_us = round(settings.tampering_for_seconds * SECOND_US)

    def rewritten(self, machine: str, origin: Origin, now_us: int, *, late: bool) -> list[Alert]:
        """An origin was shrunk or rewritten; ``late`` when that happened while nobody watched."""
        return self._found(machine, origin, f"{origin.value} was shrunk or rewritten", now_us, late=late)

    def erased(self, machine: str, origin: Origin, now_us: int, *, late: bool) -> list[Alert]:
        """Records within an origin were erased."""
        return self._found(machine, origin, f"{origin.value} holds erased records", now_us, late=late)

    def tick(self, now_us: int) -> list[Alert]:
        """Resolve what has stood long enough."""
        ripe = [alert for alert in self._alerts.of_rule(RULE) if alert.updated_us + self._stands_us <= now_us]
        return [done for alert in ripe for done in self._alerts.over(RULE, alert.machine, alert.subject, now_us)]

    def _found(self, machine: str, origin: Origin, what: str, now_us: int, *, late: bool) -> list[Alert]:
        standing = self._alerts.get(RULE, machine, origin.value)
        count = 1 if standing is None else standing.count + 1
        text = what if count == 1 else f"{what}, {count} findings"
        finding = Finding(
            rule=RULE,
            machine=machine,
            subject=origin.value,
            level=Level.HIGH,
            text=text,
            count=count,
            late=late,
        )
        return self._alerts.found(finding, now_us)

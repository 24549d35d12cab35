"""Rule ``tampering``: what a machine wrote down is not what it had written.

A file of records became shorter or holds other bytes than were read of it, and no rotated copy has
them; or a record within it was erased, as programs that hide a login do. A machine that has been
installed anew is told of once in this way too. A record erased while nobody watched is found when
it is read, or when the one before the place that was read to has changed.
The alert stands for a day and counts what is found meanwhile.
"""

from __future__ import annotations

from whotop.clock import SECOND_US
from whotop.core.rules.findings import Finding
from whotop.core.rules.rule import Rule, RuleContext
from whotop.core.rules.standing import resolve_ripe
from whotop.model import Alert, Origin

RULE = "tampering"


class Tampering(Rule):
    """One alert for each origin of a machine."""

    names = (RULE,)

    def __init__(self, context: RuleContext) -> None:
        super().__init__(context)
        self._settings = context.scoped(context.settings.tampering)

    def on_rewritten(self, machine: str, origin: Origin, now_us: int, *, late: bool) -> list[Alert]:
        """An origin was shrunk or rewritten."""
        return self._found(machine, origin, f"{origin.value} was shrunk or rewritten", now_us, late=late)

    def on_erased(self, machine: str, origin: Origin, now_us: int, *, late: bool) -> list[Alert]:
        """Records within an origin were erased."""
        return self._found(machine, origin, f"{origin.value} holds erased records", now_us, late=late)

    def tick(self, now_us: int) -> list[Alert]:
        """Resolve what has stood long enough."""
        return resolve_ripe(self.alerts, RULE, self._stands_us, now_us)

    def _stands_us(self, alert: Alert) -> int:
        return round(self._settings.at(alert.machine).stands_seconds * SECOND_US)

    def _found(self, machine: str, origin: Origin, what: str, now_us: int, *, late: bool) -> list[Alert]:
        settings = self._settings.at(machine)
        if not settings.on:
            return []
        standing = self.alerts.get(RULE, machine, origin.value)
        count = 1 if standing is None else standing.count + 1
        finding = Finding(
            rule=RULE,
            machine=machine,
            subject=origin.value,
            level=settings.level,
            text=what if count == 1 else f"{what}, {count} findings",
            count=count,
            late=late,
            comes_back=False,
        )
        return self.alerts.found(finding, now_us)

"""Rule ``flood``: a machine tells more events than are kept of one (``core.allowance``).

What is over is counted in the alert and is judged by no other rule. It resolves once nothing has been
over for ten minutes.
"""

from __future__ import annotations

from whotop.core.rules.findings import Finding
from whotop.core.rules.rule import Rule, RuleContext
from whotop.model import Alert, Machine

RULE = "flood"
_MATERIAL = 2
"""An open alert is worded anew when so many times as many events are over."""


class Flood(Rule):
    """One alert for each machine."""

    names = (RULE,)

    def __init__(self, context: RuleContext) -> None:
        super().__init__(context)
        self._settings = context.scoped(context.settings.flood)

    def on_machine(self, machine: Machine, now_us: int) -> list[Alert]:
        """How many of its events were not kept."""
        settings = self._settings.at(machine.name)
        if not machine.not_kept or not settings.on:
            return self.alerts.over(RULE, machine.name, "", now_us)
        standing = self.alerts.get(RULE, machine.name)
        if standing is not None and machine.not_kept < _MATERIAL * (standing.value or 0):
            return []
        finding = Finding(
            rule=RULE,
            machine=machine.name,
            level=settings.level,
            text=f"{machine.not_kept:,} events or more were counted, not kept",
            value=float(machine.not_kept),
        )
        return self.alerts.found(finding, now_us)

"""Rule ``unreachable``: a machine that we no longer hear.

It opens as a warning when a machine is stale (two intervals without a sample), becomes high when it
is down (three, or no connection), and resolves when the machine is up. There is no upstream default
to follow (reference: detection defaults, "unreachable after 3 missed heartbeats").
"""

from __future__ import annotations

from whotop.core.rules.findings import Finding
from whotop.core.rules.rule import Rule, RuleContext
from whotop.model import Alert, Level, Machine, MachineState

RULE = "unreachable"


class Reach(Rule):
    """Watches the state of machines."""

    names = (RULE,)

    def __init__(self, context: RuleContext) -> None:
        super().__init__(context)
        self._settings = context.scoped(context.settings.unreachable)

    def on_machine(self, machine: Machine, now_us: int) -> list[Alert]:
        """A machine has changed its state, or the reason for it."""
        if machine.state is MachineState.UP or not self._settings.at(machine.name).on:
            return self.alerts.over(RULE, machine.name, "", now_us)
        if machine.state is MachineState.STALE:
            return self._found(machine, Level.WARN, f"stale: {machine.reason}", now_us)
        if machine.state is MachineState.DOWN:
            return self._found(machine, Level.HIGH, f"unreachable: {machine.reason}", now_us)
        return []

    def _found(self, machine: Machine, level: Level, text: str, now_us: int) -> list[Alert]:
        finding = Finding(rule=RULE, machine=machine.name, level=level, text=text.removesuffix(": "))
        return self.alerts.found(finding, now_us)

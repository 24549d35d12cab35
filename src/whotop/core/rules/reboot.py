"""Rule ``rebooted``: a machine runs another boot than before.

The boot id tells (/proc/sys/kernel/random/boot_id); where there is none, a boot record does. The
alert stands for an hour, counts further reboots, and is marked late when
the machine booted before we watched it.
"""

from __future__ import annotations

from whotop.clock import SECOND_US
from whotop.core.rules.findings import Finding
from whotop.core.rules.rule import Rule, RuleContext
from whotop.core.rules.standing import resolve_ripe
from whotop.model import Alert, Event, Machine, Standing

RULE = "rebooted"


class Reboot(Rule):
    """Remembers each machine's boot id. Give it the machines from the store first."""

    names = (RULE,)

    def __init__(self, context: RuleContext) -> None:
        super().__init__(context)
        self._settings = context.scoped(context.settings.rebooted)
        self._boot_ids: dict[str, str] = {}
        self._watched_since_us: dict[str, int] = {}

    def on_machine(self, machine: Machine, now_us: int) -> list[Alert]:
        """Compare the machine's boot id with the one before."""
        since_us = self._watched_since_us.setdefault(machine.name, now_us)
        before = self._boot_ids.get(machine.name)
        if not machine.boot_id or machine.boot_id == before:
            return []
        self._boot_ids[machine.name] = machine.boot_id
        if before is None:
            return []
        return self._found(machine.name, now_us, late=0 < machine.boot_us < since_us)

    def on_boot(self, boot: Event, now_us: int) -> list[Alert]:
        """A boot record, of a machine without a boot id."""
        if boot.machine in self._boot_ids:
            return []
        return self._found(boot.machine, now_us, late=boot.standing is Standing.LATE, evidence_keys=boot.key)

    def tick(self, now_us: int) -> list[Alert]:
        """Resolve what has stood long enough."""
        return resolve_ripe(self.alerts, RULE, self._stands_us, now_us)

    def forget(self, machine: str) -> None:
        """A machine is watched no longer."""
        self._boot_ids.pop(machine, None)
        self._watched_since_us.pop(machine, None)

    def _stands_us(self, alert: Alert) -> int:
        return round(self._settings.at(alert.machine).stands_seconds * SECOND_US)

    def _found(self, machine: str, now_us: int, *, late: bool, evidence_keys: bytes = b"") -> list[Alert]:
        settings = self._settings.at(machine)
        if not settings.on:
            return []
        standing = self.alerts.get(RULE, machine)
        count = 1 if standing is None else standing.count + 1
        text = "rebooted" if count == 1 else f"rebooted {count} times"
        finding = Finding(
            rule=RULE,
            machine=machine,
            level=settings.level,
            text=text,
            count=count,
            late=late,
            evidence_keys=evidence_keys,
            comes_back=False,
        )
        return self.alerts.found(finding, now_us)

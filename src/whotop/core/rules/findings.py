"""Findings and the alerts that stand for them: at most one open for each rule, machine and subject."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from msgspec.structs import replace

from whotop.core.alert_marks import Mark, marked
from whotop.core.keys import alert_key
from whotop.model import Alert, Level


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule finds wrong just now."""

    rule: str
    machine: str = ""
    subject: str = ""
    level: Level = Level.WARN
    text: str
    value: float | None = None
    limit: float | None = None
    count: int = 1
    evidence: tuple[bytes, ...] = ()
    late: bool = False
    opened_us: int | None = None
    """When it began, where that is not the moment at which it was found."""


class OpenAlerts:
    """The alerts that stand. What changes one gives its new version, to be stored and shown."""

    def __init__(self, restored: Iterable[Alert] = ()) -> None:
        self._open: dict[tuple[str, str], dict[str, Alert]] = {}
        self.restore(restored)

    def restore(self, alerts: Iterable[Alert]) -> None:
        """Take up those of the store's alerts that are open."""
        for alert in alerts:
            if alert.resolved_us is None:
                self._open.setdefault((alert.rule, alert.machine), {})[alert.subject] = alert

    def get(self, rule: str, machine: str, subject: str = "") -> Alert | None:
        """The open alert of a rule about a machine and subject."""
        of_machine = self._open.get((rule, machine))
        return None if of_machine is None else of_machine.get(subject)

    def of(self, rule: str, machine: str) -> list[Alert]:
        """All open alerts of a rule about a machine (empty: about the fleet)."""
        of_machine = self._open.get((rule, machine))
        return [] if of_machine is None else list(of_machine.values())

    def count(self, rule: str, machine: str) -> int:
        """How many alerts of a rule about a machine are open."""
        return len(self._open.get((rule, machine), ()))

    def of_rule(self, rule: str) -> list[Alert]:
        """All open alerts of a rule."""
        return [alert for key, alerts in self._open.items() if key[0] == rule for alert in alerts.values()]

    def of_machine(self, machine: str) -> list[Alert]:
        """All open alerts about a machine."""
        return [alert for key, alerts in self._open.items() if key[1] == machine for alert in alerts.values()]

    def found(self, finding: Finding, now_us: int) -> list[Alert]:
        """Open an alert, or update the open one where its words or its level are different."""
        standing = self.get(finding.rule, finding.machine, finding.subject)
        if standing is None:
            return [self._keep(_opened(finding, now_us))]
        if standing.text == finding.text and standing.level == finding.level:
            return []
        return [self._keep(_updated(standing, finding, now_us))]

    def past(self, finding: Finding, now_us: int, resolved_us: int) -> Alert:
        """An alert that opened and resolved before it could be told; it is not among the open ones."""
        alert = _opened(finding, now_us)
        return replace(alert, resolved_us=max(resolved_us, alert.opened_us))

    def over(self, rule: str, machine: str, subject: str, now_us: int) -> list[Alert]:
        """Resolve the alert, if one is open."""
        of_machine = self._open.get((rule, machine))
        if of_machine is None:
            return []
        alert = of_machine.pop(subject, None)
        if not of_machine:
            del self._open[rule, machine]
        return [] if alert is None else [replace(alert, resolved_us=max(now_us, alert.opened_us))]

    def mark(self, mark: Mark) -> Alert | None:
        """The open alert as marked; None where it stands no longer."""
        for of_machine in self._open.values():
            for alert in of_machine.values():
                if alert.key == mark.alert_key:
                    return self._keep(marked(alert, mark))
        return None

    def _keep(self, alert: Alert) -> Alert:
        self._open.setdefault((alert.rule, alert.machine), {})[alert.subject] = alert
        return alert


def _opened(finding: Finding, now_us: int) -> Alert:
    opened_us = now_us if finding.opened_us is None else finding.opened_us
    return Alert(
        key=alert_key(finding.rule, finding.machine, finding.subject, opened_us),
        rule=finding.rule,
        level=finding.level,
        machine=finding.machine,
        subject=finding.subject,
        text=finding.text,
        opened_us=opened_us,
        updated_us=now_us,
        count=finding.count,
        value=finding.value,
        limit=finding.limit,
        evidence=finding.evidence,
        late=finding.late,
    )


def _updated(standing: Alert, finding: Finding, now_us: int) -> Alert:
    return replace(
        standing,
        level=finding.level,
        text=finding.text,
        updated_us=now_us,
        count=finding.count,
        value=finding.value,
        limit=finding.limit,
        evidence=finding.evidence or standing.evidence,
    )

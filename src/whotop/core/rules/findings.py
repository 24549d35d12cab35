"""Findings and the alerts that stand for them: at most one open for each rule, machine and subject.

An alert keeps its key for life. It may grow from one machine over several: its ``machine`` becomes
empty then, and ``machines`` says which. It may resolve and come back a little later: then it is
opened again, and counted once more, so that what comes and goes is one alert and not a hundred.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from whotop.core.alert_marks import Mark, marked, still_marked
from whotop.core.keys import alert_key
from whotop.model import Alert, Level
from whotop.model.alert import MACHINES_KEPT

RESOLVED_KEPT = 10_000
"""Alerts that may come back; when there are more, the one that resolved first is forgotten."""

Place = tuple[str, str, str]
"""Rule, machine, subject."""
_NONE: Mapping[str, Any] = {}


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule finds wrong just now."""

    rule: str
    machine: str = ""
    machines: tuple[str, ...] = ()
    """Of a finding over several machines, each once; ``machine`` is then empty."""
    subject: str = ""
    level: Level = Level.WARN
    text: str
    value: float | None = None
    limit: float | None = None
    count: int = 1
    evidence_keys: bytes = b""
    late: bool = False
    opened_us: int | None = None
    """When it began, where that is not the moment at which it was found."""
    comes_back: bool = True
    """Whether one that resolved a little earlier is the same again; not so for what happens but once."""


def about_machines(names: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """``machine`` and ``machines`` of a finding on these: the one, or several."""
    several = tuple(names)
    return (several[0], ()) if len(several) == 1 else ("", several)


class OpenAlerts:
    """The alerts that stand. What changes one gives its new version, to be stored and shown."""

    def __init__(self, restored: Iterable[Alert] = (), reopen_us: int = 0) -> None:
        self._open: defaultdict[str, defaultdict[str, dict[str, Alert]]] = defaultdict(lambda: defaultdict(dict))
        """By rule, machine and subject."""
        self._about: defaultdict[str, dict[str, Alert]] = defaultdict(dict)
        """By rule and subject."""
        self._resolved: OrderedDict[Place, Alert] = OrderedDict()
        """Those that may come back, the one that resolved last at the end."""
        self._reopen_us = reopen_us
        self.restore(restored)

    def restore(self, alerts: Iterable[Alert]) -> None:
        """Take up the store's alerts: those that are open, and those that may come back.

        What stands already is known better here.
        """
        for alert in alerts:
            if not alert.is_open:
                self._let_go(alert)
            elif self.get(alert.rule, alert.machine, alert.subject) is None:
                self._keep(alert)

    def reopen_within(self, reopen_us: int) -> None:
        """What comes back within this time after it resolved is the same alert, from now on."""
        self._reopen_us = reopen_us

    def get(self, rule: str, machine: str, subject: str = "") -> Alert | None:
        """The open alert of a rule about a machine and subject."""
        return self._of(rule, machine).get(subject)

    def about(self, rule: str) -> Mapping[str, Alert]:
        """The open alerts of a rule by subject, now and later, for rules that have one over all machines."""
        return self._about[rule]

    def of(self, rule: str, machine: str) -> list[Alert]:
        """All open alerts of a rule about a machine (empty: about the fleet)."""
        return list(self._of(rule, machine).values())

    def count(self, rule: str, machine: str) -> int:
        """How many alerts of a rule about a machine are open."""
        return len(self._of(rule, machine))

    def of_rule(self, rule: str) -> list[Alert]:
        """All open alerts of a rule."""
        return [alert for alerts in self._open.get(rule, _NONE).values() for alert in alerts.values()]

    def of_machine(self, machine: str) -> list[Alert]:
        """All open alerts about a machine alone."""
        return [alert for rule in self._open for alert in self._of(rule, machine).values()]

    def all(self) -> Iterator[Alert]:
        """All that are open."""
        for machines in self._open.values():
            for alerts in machines.values():
                yield from alerts.values()

    def _of(self, rule: str, machine: str) -> Mapping[str, Alert]:
        return self._open.get(rule, _NONE).get(machine, _NONE)

    def lately(self, rule: str, machine: str, subject: str, now_us: int) -> Alert | None:
        """The alert that resolved there so short a time ago that it may come back."""
        alert = self._resolved.get((rule, machine, subject))
        if alert is None or alert.resolved_us is None or now_us - alert.resolved_us > self._reopen_us:
            return None
        return alert

    def found(self, finding: Finding, now_us: int, standing: Alert | None = None) -> list[Alert]:
        """Open an alert, or update the open one where its words or its level are different.

        ``standing`` is the open one where it is about fewer machines so far.
        """
        standing = standing or self.get(finding.rule, finding.machine, finding.subject)
        if standing is not None:
            return self.changed(standing, finding, now_us)
        before = self._resolved.pop((finding.rule, finding.machine, finding.subject), None)
        if before is None or not finding.comes_back or now_us - (before.resolved_us or 0) > self._reopen_us:
            return [self._keep(_opened(finding, now_us))]
        return [self._keep(_updated(before, finding, now_us, before.count + 1))]

    def changed(self, standing: Alert, finding: Finding, now_us: int) -> list[Alert]:
        """Update an open alert, which may be about other machines from now on."""
        if standing.machine != finding.machine:
            self._remove(standing)
        elif standing.text == finding.text and standing.level is finding.level:
            return []
        return [self._keep(_updated(standing, finding, now_us, standing.count))]

    def mark(self, mark: Mark) -> Alert | None:
        """The open alert as marked; None where it stands no longer."""
        standing = next((alert for alert in self.all() if alert.key == mark.alert_key), None)
        return None if standing is None else self._keep(marked(standing, mark))

    def past(self, finding: Finding, now_us: int, resolved_us: int) -> Alert:
        """An alert that opened and resolved before it could be told; it is not among the open ones."""
        alert = _opened(finding, now_us)
        return replace(alert, resolved_us=max(resolved_us, alert.opened_us))

    def over(self, rule: str, machine: str, subject: str, now_us: int) -> list[Alert]:
        """Resolve the alert, if one is open."""
        alert = self.get(rule, machine, subject)
        if alert is None:
            return []
        self._remove(alert)
        resolved = replace(alert, resolved_us=max(now_us, alert.opened_us))
        self._let_go(resolved)
        return [resolved]

    def folded(self, alert: Alert, into: str, now_us: int) -> list[Alert]:
        """An alert that stands is over, for another one tells of the same from now on: ``into`` says which."""
        self._remove(alert)
        text = f"{alert.text}; {into}"
        return [replace(alert, text=text, resolved_us=max(now_us, alert.opened_us))]

    def _keep(self, alert: Alert) -> Alert:
        rule, machine, subject = alert.rule, alert.machine, alert.subject
        self._open[rule][machine][subject] = self._about[rule][subject] = alert
        return alert

    def _remove(self, alert: Alert) -> None:
        machines = self._open[alert.rule]
        of_machine = machines[alert.machine]
        del of_machine[alert.subject]
        if not of_machine:
            del machines[alert.machine]
        about = self._about[alert.rule]
        if alert.subject in about and about[alert.subject].key == alert.key:
            del about[alert.subject]

    def _let_go(self, resolved: Alert) -> None:
        place = (resolved.rule, resolved.machine, resolved.subject)
        self._resolved.pop(place, None)
        self._resolved[place] = resolved
        if len(self._resolved) > RESOLVED_KEPT:
            del self._resolved[next(iter(self._resolved))]


def _opened(finding: Finding, now_us: int) -> Alert:
    opened_us = now_us if finding.opened_us is None else finding.opened_us
    return Alert(
        key=alert_key(finding.rule, finding.machine, finding.subject, opened_us),
        rule=finding.rule,
        level=finding.level,
        machine=finding.machine,
        machines=finding.machines[:MACHINES_KEPT],
        subject=finding.subject,
        text=finding.text,
        opened_us=opened_us,
        updated_us=now_us,
        count=finding.count,
        value=finding.value,
        limit=finding.limit,
        evidence_keys=finding.evidence_keys,
        late=finding.late,
    )


def _updated(standing: Alert, finding: Finding, now_us: int, count: int) -> Alert:
    after = replace(
        standing,
        level=finding.level,
        machine=finding.machine,
        machines=finding.machines[:MACHINES_KEPT],
        text=finding.text,
        updated_us=now_us,
        resolved_us=None,
        count=max(count, finding.count),
        value=finding.value,
        limit=finding.limit,
        evidence_keys=finding.evidence_keys or standing.evidence_keys,
    )
    return still_marked(standing, after)

"""Incidents: what a rule finds in single events, told as one alert for each subject.

The alert opens at the first, counts the others, names the machines, and resolves when nothing more
has come for a while. One source that does a thing on 200 machines is one alert with 200 machines.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from whotop.clock import MINUTE_US, SECOND_US
from whotop.core.rules.evidence import Evidence
from whotop.core.rules.findings import Finding, OpenAlerts, about_machines
from whotop.model import Alert, Event, Level, Standing
from whotop.model.alert import MACHINES_KEPT

SUBJECTS_TOLD = 1_000
"""Of one rule; one more alert stands for all further subjects: a flood of them hides nothing else."""
OTHERS = "(others)"
_EXACT_UNTIL = 10
"""Up to so many each one is told at once; what comes then is told together, when this time has passed:"""
_TELL_EVERY_US = 10 * SECOND_US
_NEVER_US = 2**62
_LATE, _HIGH = Standing.LATE, Level.HIGH

EventPlace = tuple[bytes, str]
"""An event's key, and its machine."""


class What(msgspec.Struct, frozen=True, gc=False):
    """What is found in one event."""

    text: str
    """In words; how often and on how many machines is added to them."""
    level: Level
    stands_us: int
    """How long the alert stands after the last of its kind."""
    value: float | None = None
    limit: float | None = None
    high_from: int | None = None
    """From how many on it is high, whatever the level."""

    def level_of(self, count: int) -> Level:
        """How much so many matter."""
        return self.level if self.high_from is None or count < self.high_from else _HIGH


class Incident:
    """What has happened about one subject since its alert opened."""

    __slots__ = (
        *("_machines_told", "count", "evidence", "is_late", "level", "machines", "opened_us", "tell_us", "until_us"),
        "what",
    )

    def __init__(self, standing: Alert | None = None, until_us: int = 0) -> None:
        self.what: What | None = None
        """The latest; None: nothing since whotop was started."""
        self.level: Level | None = None
        """How much it matters by now."""
        self.until_us = until_us
        """When it is over, if nothing more comes."""
        self.tell_us: int | None = None
        """When what has not been told yet is told."""
        self.opened_us: int | None = None
        self.count = 0
        self.machines: dict[str, None] = {}
        self._machines_told: tuple[str, ...] = ()
        self.evidence = Evidence()
        self.is_late = False
        if standing is not None:
            self.count = standing.count
            self.machines = dict.fromkeys(standing.machines or (standing.machine,))
            self.evidence.extend(standing.evidence_keys)

    def take_in(self, what: What, event: Event, now_us: int) -> bool:
        """What is found in one more event; whether that is worth telling at once."""
        self.add(event.key, event.machine)
        self.is_late = event.standing is _LATE
        until_us = now_us + what.stands_us
        if until_us > self.until_us:
            self.until_us = until_us
        level, self.what = self.level, what
        self.level = what.level_of(self.count)
        return self.level is not level or self.count <= _EXACT_UNTIL

    def add(self, key: bytes, machine: str) -> None:
        """Count one more event."""
        self.count += 1
        self.evidence.add(key)
        if len(self.machines) < MACHINES_KEPT:
            self.machines[machine] = None

    def where(self) -> tuple[str, tuple[str, ...]]:
        """On which machine, or machines. All versions of an alert share what does not change any more."""
        if len(self._machines_told) != len(self.machines):
            self._machines_told = tuple(self.machines)
        return about_machines(self._machines_told)


class Incidents:
    """The incidents of one rule."""

    def __init__(self, rule: str, alerts: OpenAlerts) -> None:
        self._rule, self._alerts = rule, alerts
        self._standing = alerts.about(rule)
        self._incidents: dict[str, Incident] = {}
        """By subject, those that stand."""
        self._untold: dict[str, Incident] = {}
        """Those that are told later, the one that is told first at the front."""
        self._over_from_us = _NEVER_US
        """Until then none is over."""
        self._adopt_from_us = 0

    def happened(
        self, subject: str, what: What, event: Event, now_us: int, before: Iterable[EventPlace] = ()
    ) -> list[Alert]:
        """Something was found about a subject: its alert opens, or counts one more.

        ``before`` are the events that led to it: those that the alert, as it opens, counts as well.
        """
        standing = self._standing.get(subject)
        incident = None if standing is None else self._incidents.get(subject)
        if incident is None:
            if standing is None and len(self._incidents) >= SUBJECTS_TOLD:
                return self._too_many(what, event, now_us)
            incident = self._begin(subject, standing, event, now_us, before)
        if incident.take_in(what, event, now_us):
            self._stands(incident)
            return self._tell(subject, incident, now_us)
        if incident.tell_us is None:
            incident.tell_us = now_us + _TELL_EVERY_US
            self._untold[subject] = incident
        return []

    def tick(self, now_us: int, stands_us: int) -> list[Alert]:
        """Tell what is untold, and resolve what is over; ``stands_us`` is for alerts that the store gave back."""
        if now_us >= self._adopt_from_us:
            self._adopt(now_us, stands_us)
        changed: list[Alert] = []
        while self._untold:
            subject, incident = next(iter(self._untold.items()))
            if incident.tell_us is not None and incident.tell_us > now_us:
                break
            changed += self._tell(subject, incident, now_us)
        return changed + self._end(now_us) if now_us >= self._over_from_us else changed

    def _end(self, now_us: int) -> list[Alert]:
        """Resolve what is over, and tell before what is untold of it."""
        changed: list[Alert] = []
        for subject, incident in list(self._incidents.items()):
            if incident.until_us > now_us:
                continue
            if incident.tell_us is not None:
                changed += self._tell(subject, incident, now_us)
            changed += self._over(subject, now_us)
        self._over_from_us = min((one.until_us for one in self._incidents.values()), default=_NEVER_US)
        return changed

    def _stands(self, incident: Incident) -> None:
        if incident.until_us < self._over_from_us:
            self._over_from_us = incident.until_us

    def _begin(
        self, subject: str, standing: Alert | None, event: Event, now_us: int, before: Iterable[EventPlace]
    ) -> Incident:
        """An incident that goes on, or comes back, counts on."""
        self._untold.pop(subject, None)
        known = standing or self._lately(subject, event.machine, now_us)
        incident = self._incidents[subject] = Incident(known)
        incident.opened_us = min(event.fleet_time_us, now_us)
        if known is None:
            for key, machine in before:
                incident.add(key, machine)
        return incident

    def _lately(self, subject: str, machine: str, now_us: int) -> Alert | None:
        alerts, rule = self._alerts, self._rule
        return alerts.lately(rule, machine, subject, now_us) or alerts.lately(rule, "", subject, now_us)

    def _tell(self, subject: str, incident: Incident, now_us: int) -> list[Alert]:
        if incident.tell_us is not None:
            incident.tell_us = None
            del self._untold[subject]
        assert incident.what is not None
        changed = self._alerts.found(_finding(self._rule, subject, incident), now_us, self._standing.get(subject))
        if changed and changed[-1].count > incident.count:
            incident.count = changed[-1].count
            incident.level = incident.what.level_of(incident.count)
        return changed

    def _over(self, subject: str, now_us: int) -> list[Alert]:
        del self._incidents[subject]
        alert = self._standing.get(subject)
        return [] if alert is None else self._alerts.over(self._rule, alert.machine, subject, now_us)

    def _too_many(self, what: What, event: Event, now_us: int) -> list[Alert]:
        """Said of all further subjects together."""
        others = self._incidents.setdefault(OTHERS, Incident())
        others.until_us = now_us + what.stands_us
        self._stands(others)
        if OTHERS in self._standing:
            return []
        text = f"more than {SUBJECTS_TOLD:,} of these alerts stand; the first that is not told: {what.text}"
        finding = Finding(rule=self._rule, subject=OTHERS, level=what.level, text=text, evidence_keys=event.key)
        return self._alerts.found(finding, now_us)

    def _adopt(self, now_us: int, stands_us: int) -> None:
        """Take up what the store gave back, so that it is resolved in time."""
        self._adopt_from_us = now_us + MINUTE_US
        for subject in [subject for subject in self._standing if subject not in self._incidents]:
            alert = self._standing[subject]
            incident = self._incidents[subject] = Incident(alert, alert.updated_us + stands_us)
            self._stands(incident)


def _finding(rule: str, subject: str, incident: Incident) -> Finding:
    assert incident.what is not None
    assert incident.level is not None
    machine, machines = incident.where()
    times = f", {incident.count:,} times" if incident.count > 1 else ""
    places = f" on {len(machines):,} machines" if machines else ""
    return Finding(
        rule=rule,
        machine=machine,
        machines=machines,
        subject=subject,
        level=incident.level,
        text=f"{incident.what.text}{times}{places}",
        count=incident.count,
        value=incident.what.value,
        limit=incident.what.limit,
        evidence_keys=bytes(incident.evidence),
        late=incident.is_late,
        opened_us=incident.opened_us,
    )

"""Rules ``cpu``, ``memory`` and ``disk``: a figure stays over its limit.

Defaults: CPU over 90 % for 5 minutes, memory over 95 % for 5 minutes, a file system over 90 % for
one minute. An alert resolves when the figure is 5 points below its limit. The limits are those that
administrators of the older collector set by hand (a limit for each figure); the times and the
hysteresis are ours, for it mailed on every poll.
"""

from __future__ import annotations

import msgspec

from whotop.clock import SECOND_US
from whotop.core.rules.findings import Finding, OpenAlerts
from whotop.core.rules.settings import RuleSettings
from whotop.model import Alert, Sample

CPU, MEMORY, DISK = "cpu", "memory", "disk"
_MATERIAL_POINTS = 5.0
"""An open alert is worded anew when its figure has moved this far."""
_GAP_US = 60 * SECOND_US
"""Samples further apart than this (or than three intervals) do not make a time together."""


class Limit(msgspec.Struct, frozen=True):
    """One figure's limit."""

    rule: str
    percent: float
    for_us: int
    resolve_percent: float


class Excess(msgspec.Struct):
    """How long a figure has been over its limit."""

    since_us: int
    last_us: int


class Limits:
    """Watches the figures of samples."""

    def __init__(self, settings: RuleSettings, alerts: OpenAlerts) -> None:
        self._alerts = alerts
        below = settings.resolve_below_points
        self._cpu = _limit(CPU, settings.cpu_percent, settings.cpu_for_seconds, below)
        self._memory = _limit(MEMORY, settings.memory_percent, settings.memory_for_seconds, below)
        self._disk = _limit(DISK, settings.disk_percent, settings.disk_for_seconds, below)
        self._off = frozenset(settings.off)
        self._excesses: dict[tuple[str, str, str], Excess] = {}
        self._gaps_us: dict[str, int] = {}

    def expect(self, machine: str, interval_seconds: float) -> None:
        """How often the machine is sampled."""
        self._gaps_us[machine] = max(_GAP_US, round(3 * interval_seconds * SECOND_US))

    def judge(self, sample: Sample, now_us: int) -> list[Alert]:
        """A new sample."""
        changed: list[Alert] = []
        if sample.cpu_percent is not None and CPU not in self._off:
            changed += self._measure(self._cpu, sample.machine, "", sample.cpu_percent, now_us)
        if sample.memory_percent is not None and MEMORY not in self._off:
            changed += self._measure(self._memory, sample.machine, "", sample.memory_percent, now_us)
        if sample.disks and DISK not in self._off:
            for disk in sample.disks:
                changed += self._measure(self._disk, sample.machine, disk.mount, disk.used_percent, now_us)
            if self._alerts.count(DISK, sample.machine):
                changed += self._unmounted(sample, now_us)
        return changed

    def forget(self, machine: str) -> None:
        """A machine is watched no longer."""
        self._gaps_us.pop(machine, None)
        self._excesses = {key: excess for key, excess in self._excesses.items() if key[1] != machine}

    def _measure(self, limit: Limit, machine: str, subject: str, percent: float, now_us: int) -> list[Alert]:
        key = (limit.rule, machine, subject)
        if percent <= limit.percent:
            self._excesses.pop(key, None)
            return self._alerts.over(*key, now_us) if percent <= limit.resolve_percent else []
        excess = self._excesses.get(key)
        if excess is None or now_us - excess.last_us > self._gaps_us.get(machine, _GAP_US):
            excess = self._excesses[key] = Excess(now_us, now_us)
        excess.last_us = now_us
        if now_us - excess.since_us < limit.for_us and self._alerts.get(*key) is None:
            return []
        return self._found(limit, machine, subject, percent, excess, now_us)

    def _found(
        self, limit: Limit, machine: str, subject: str, percent: float, excess: Excess, now_us: int
    ) -> list[Alert]:
        standing = self._alerts.get(limit.rule, machine, subject)
        if standing is not None and standing.value is not None and abs(standing.value - percent) < _MATERIAL_POINTS:
            return []
        what = f"{limit.rule} {subject}" if subject else limit.rule
        finding = Finding(
            rule=limit.rule,
            machine=machine,
            subject=subject,
            text=f"{what} {percent:.0f}% over {limit.percent:.0f}%",
            value=percent,
            limit=limit.percent,
            opened_us=excess.since_us,
        )
        return self._alerts.found(finding, now_us)

    def _unmounted(self, sample: Sample, now_us: int) -> list[Alert]:
        """Resolve alerts about file systems that are mounted no longer."""
        mounted = {disk.mount for disk in sample.disks}
        gone = [alert.subject for alert in self._alerts.of(DISK, sample.machine) if alert.subject not in mounted]
        return [done for mount in gone for done in self._alerts.over(DISK, sample.machine, mount, now_us)]


def _limit(rule: str, percent: float, for_seconds: float, resolve_below_points: float) -> Limit:
    return Limit(rule, percent, round(for_seconds * SECOND_US), max(percent - resolve_below_points, 0.0))

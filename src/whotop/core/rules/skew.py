"""Rule ``clock``: a machine's clock is off.

It warns beyond 2 s and is high beyond 30 s; it resolves at half the lower limit. The numbers are
whotop's own proposal: no upstream monitor has a default, and windows correct for skew anyway.
"""

from __future__ import annotations

from whotop.clock import SECOND_US
from whotop.core.rules.findings import Finding, OpenAlerts
from whotop.core.rules.settings import RuleSettings
from whotop.model import Alert, Level
from whotop.text import duration

RULE = "clock"
_MATERIAL = 2.0
"""An open alert is worded anew when the skew has grown or shrunk by this factor."""


class Skew:
    """Watches how far machines' clocks are from ours."""

    def __init__(self, settings: RuleSettings, alerts: OpenAlerts) -> None:
        self._alerts = alerts
        self._warn_seconds = settings.clock_warn_seconds
        self._high_seconds = settings.clock_high_seconds
        self._warn_us = round(settings.clock_warn_seconds * SECOND_US)

    def judge(self, machine: str, skew_us: int, now_us: int) -> list[Alert]:
        """A newly measured skew; positive when the machine is ahead of us."""
        size_us = abs(skew_us)
        if size_us <= self._warn_us:
            return self._alerts.over(RULE, machine, "", now_us) if size_us <= self._warn_us // 2 else []
        seconds = skew_us / SECOND_US
        level = Level.HIGH if abs(seconds) > self._high_seconds else Level.WARN
        standing = self._alerts.get(RULE, machine)
        if standing is not None and standing.level is level and not _is_other(standing.value, seconds):
            return []
        text = f"clock {_words(abs(seconds))} {'ahead' if seconds > 0 else 'behind'}"
        finding = Finding(rule=RULE, machine=machine, level=level, text=text, value=seconds, limit=self._warn_seconds)
        return self._alerts.found(finding, now_us)


def _is_other(told: float | None, now: float) -> bool:
    if told is None or told * now <= 0:
        return True
    return not 1 / _MATERIAL < now / told < _MATERIAL


def _words(seconds: float) -> str:
    return f"{seconds:.1f}s" if seconds < 60 else duration(seconds)

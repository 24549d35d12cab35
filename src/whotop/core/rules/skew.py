"""Rule ``clock``: a machine's clock is off.

It warns beyond 2 s and is high beyond 30 s; it resolves at half the lower limit. The numbers are
whotop's own proposal: no upstream monitor has a default, and windows correct for skew anyway.
"""

from __future__ import annotations

from whotop.clock import SECOND_US
from whotop.core.rules.findings import Finding
from whotop.core.rules.rule import Rule, RuleContext
from whotop.model import Alert, Level, Sample
from whotop.text import duration

RULE = "clock"
_STAYS_HIGH = 0.8
"""Of the higher limit: a clock that wanders about it does not change the alert's level each time."""
_MATERIAL = 2.0
"""An open alert is worded anew when the skew has grown or shrunk by this factor."""


class Skew(Rule):
    """Watches how far machines' clocks are from ours."""

    names = (RULE,)

    def __init__(self, context: RuleContext) -> None:
        super().__init__(context)
        self._settings = context.scoped(context.settings.clock)

    def on_sample(self, sample: Sample, now_us: int) -> list[Alert]:
        """A newly measured skew; positive when the machine is ahead of us."""
        settings = self._settings.at(sample.machine)
        seconds = sample.skew_us / SECOND_US
        size_seconds = abs(seconds)
        if size_seconds <= settings.warn_seconds or not settings.on:
            is_over = size_seconds <= settings.warn_seconds / 2 or not settings.on
            return self.alerts.over(RULE, sample.machine, "", now_us) if is_over else []
        standing = self.alerts.get(RULE, sample.machine)
        was_high = standing is not None and standing.level is Level.HIGH
        high_seconds = settings.high_seconds * (_STAYS_HIGH if was_high else 1)
        level = Level.HIGH if size_seconds > high_seconds else Level.WARN
        if standing is not None and standing.level is level and not _is_other(standing.value, seconds):
            return []
        finding = Finding(
            rule=RULE,
            machine=sample.machine,
            level=level,
            text=f"clock {_words(size_seconds)} {'ahead' if seconds > 0 else 'behind'}",
            value=seconds,
            limit=settings.warn_seconds,
        )
        return self.alerts.found(finding, now_us)


def _is_other(told: float | None, now: float) -> bool:
    if told is None or told * now <= 0:
        return True
    return not 1 / _MATERIAL < now / told < _MATERIAL


def _words(seconds: float) -> str:
    return f"{seconds:.1f}s" if seconds < 60 else duration(seconds)

"""What is said of a series of logins: its words, its level, and when it is worth saying again.

The alert opens as information, which nobody is mailed, warns from some logins on and is high from more:
whotop's own steps (``login_tables``). Sigma holds ten users of one address in a day to be many.
"""

from __future__ import annotations

from whotop.core.rules.findings import Finding
from whotop.core.rules.login_tables import LoginsTable
from whotop.core.rules.scoped import Scoped
from whotop.core.rules.spread import Spread, Spreads
from whotop.core.windows import Series
from whotop.model import Level
from whotop.text import counted, duration

RULE = "logins"
SOURCES_KEPT = 1_000
"""When so many alerts stand, one more stands for all further sources: a flood of them hides nothing else."""
_EXACT_UNTIL = 10
"""Up to so many logins each one is told; beyond, each quarter more, each new level, and the whole at the end."""


class SeriesWords:
    """The settings of rule ``logins``, put into words. A series is judged where its latest login was."""

    def __init__(self, settings: Scoped[LoginsTable]) -> None:
        self._settings = settings
        self._spreads = Spreads()
        everywhere = settings.everywhere
        self._is_scoped = bool(everywhere.scopes)
        length = duration(everywhere.window_seconds)
        self._within = f"logins no more than {length} apart" if everywhere.mode == "gap" else f"logins in {length}"

    def begins(self, series: Series) -> int:
        """With how many logins a series is worth an alert."""
        return self._at(series).count

    def next_told(self, count: int, series: Series | None = None) -> int:
        """At how many logins the words change materially: exactly at first, by quarters later, at each level."""
        settings = self._settings.everywhere if series is None else self._at(series)
        after = count + (1 if count < _EXACT_UNTIL else count // 4)
        for level_from in (settings.warn_count, settings.high_count):
            if count < level_from < after:
                return level_from
        return after

    def finding(self, series: Series, *, late: bool) -> Finding:
        """What is found: how many, of how many users, on how many machines."""
        settings, spread = self._at(series), self._spreads.of(series)
        return Finding(
            rule=RULE,
            subject=series.source,
            level=_level(series.count, settings),
            text=f"{series.source}: {series.count:,} {self._within} ({_words(spread)})",
            value=float(series.count),
            limit=float(settings.count),
            count=series.count,
            evidence_keys=bytes(spread.evidence),
            late=late,
            opened_us=series.nth_us(min(settings.count, series.count)),
            comes_back=False,
        )

    def over(self, source: str) -> None:
        """Nothing more is said of its series."""
        self._spreads.forget(source)

    def is_enough(self, alerts: int) -> bool:
        """Whether no further source gets an alert of its own."""
        return alerts >= SOURCES_KEPT

    def too_many(self, series: Series) -> Finding:
        """Said of all further sources together."""
        text = f"more than {SOURCES_KEPT:,} sources with several {self._within}"
        return Finding(rule=RULE, level=Level.HIGH, text=text, opened_us=series.last_us, comes_back=False)

    def _at(self, series: Series) -> LoginsTable:
        if not self._is_scoped:
            return self._settings.everywhere
        latest = series.shared[series.begin + series.count - 1]
        return self._settings.at(latest.machine, latest.user, series.source)


def _level(count: int, settings: LoginsTable) -> Level:
    if count >= settings.high_count:
        return Level.HIGH
    return Level.WARN if count >= settings.warn_count else Level.INFO


def _words(spread: Spread) -> str:
    return f"{counted(len(spread.users), 'user')}, {counted(len(spread.machines), 'machine')}"

"""Rule ``logins``: one source logs in more than once within one window.

The window (an hour, counted from 1970) and "more than one login of one source, the same user twice
included" are those of the login analyser that whotop replaces. The alert opens at the second login
as information, warns from the tenth and is high from the hundredth: whotop's own steps, below the
ten users of one address in a day that Sigma holds to be many. It grows while the window lasts.
"""

from __future__ import annotations

from whotop.clock import SECOND_US
from whotop.core.rules.findings import Finding, OpenAlerts
from whotop.core.rules.settings import RuleSettings
from whotop.core.windows import Series
from whotop.model import Alert, Level
from whotop.text import duration

RULE = "logins"
EVIDENCE_KEPT = 100
_TOLD_AT_ONCE = 10
"""Up to so many logins each one is told as it comes; beyond, once a tick."""
_GRACE_US = 5 * SECOND_US
"""A window is judged closed so long after its end: stragglers are held back for two seconds."""


class ManyLogins:
    """Watches series grow."""

    def __init__(self, settings: RuleSettings, alerts: OpenAlerts) -> None:
        self._alerts = alerts
        self._size_us = round(settings.logins_window_seconds * SECOND_US)
        self._start_us = round(settings.logins_start_seconds * SECOND_US)
        self._from = settings.logins_from
        self._levels = ((settings.logins_high_from, Level.HIGH), (settings.logins_warn_from, Level.WARN))
        self._grown: dict[tuple[str, int], tuple[Series, bool]] = {}
        """By source and window: what is to be told at the next tick, and whether it is late."""

    def judge(self, series: Series, now_us: int, *, late: bool = False) -> list[Alert]:
        """A series has grown by one login."""
        if series.count < self._from:
            return []
        if series.count > _TOLD_AT_ONCE or self._is_over(series.window_start_us, now_us):
            self._grown[series.source, series.window_start_us] = (series, late)
            return []
        return self._tell(series, now_us, late=late)

    def tick(self, now_us: int) -> list[Alert]:
        """Tell what has grown, and resolve the alerts whose window is over."""
        changed: list[Alert] = []
        grown, self._grown = self._grown, {}
        for series, late in grown.values():
            changed += self._tell(series, now_us, late=late)
        for alert in self._alerts.of(RULE, ""):
            if self._is_over(self._window_of(alert), now_us):
                changed += self._resolve(alert)
        return changed

    def _tell(self, series: Series, now_us: int, *, late: bool) -> list[Alert]:
        """Open the alert, or word it anew; never with fewer logins than it has told of (after a restart)."""
        standing = self._alerts.get(RULE, "", series.source)
        window_us = series.window_start_us if standing is None else self._window_of(standing)
        if standing is not None and window_us == series.window_start_us and series.count <= standing.count:
            return []
        finding = self._finding(series, late=late)
        if window_us > series.window_start_us or (standing is None and self._is_over(window_us, now_us)):
            return [self._alerts.past(finding, now_us, series.window_start_us + self._size_us)]
        closed = self._resolve(standing) if standing is not None and window_us < series.window_start_us else []
        return closed + self._alerts.found(finding, now_us)

    def _resolve(self, alert: Alert) -> list[Alert]:
        return self._alerts.over(RULE, "", alert.subject, self._window_of(alert) + self._size_us)

    def _is_over(self, window_start_us: int, now_us: int) -> bool:
        return window_start_us + self._size_us + _GRACE_US <= now_us

    def _finding(self, series: Series, *, late: bool) -> Finding:
        logins = series.logins
        level = next((level for least, level in self._levels if series.count >= least), Level.INFO)
        return Finding(
            rule=RULE,
            subject=series.source,
            level=level,
            text=_words(series, self._size_us),
            value=float(series.count),
            limit=float(self._from),
            count=series.count,
            evidence=tuple(login.key for login in logins[-EVIDENCE_KEPT:]),
            late=late,
            opened_us=logins[self._from - 1].time_us,
        )

    def _window_of(self, alert: Alert) -> int:
        """Where the window of an alert starts: it was opened by a login within it."""
        return alert.opened_us - (alert.opened_us - self._start_us) % self._size_us


def _words(series: Series, size_us: int) -> str:
    users = len({login.user for login in series.logins})
    machines = len({login.machine for login in series.logins})
    return (
        f"{series.source}: {series.count} logins in {duration(size_us / SECOND_US)}"
        f" ({_counted(users, 'user')}, {_counted(machines, 'machine')})"
    )


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"

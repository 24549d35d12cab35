"""Rule ``logins``: one source logs in more than once within one window.

The window (an hour, counted from 1970) and "more than one login of one source, the same user twice
included" are those of the login analyser that whotop replaces. The alert grows while the window
lasts. In windows that have no place of their own it is ``lasting_logins`` that watches.
"""

from __future__ import annotations

from whotop.clock import DAY_US, SECOND_US
from whotop.core.rules.findings import OpenAlerts
from whotop.core.rules.login_tables import LoginsTable
from whotop.core.rules.scoped import Scoped
from whotop.core.rules.series_words import RULE, SeriesWords
from whotop.core.windows import Series
from whotop.model import Alert

GRACE_US = 5 * SECOND_US
"""A window is judged closed so long after its end: stragglers are held back for two seconds."""


class ManyLogins:
    """Watches series grow."""

    def __init__(self, settings: Scoped[LoginsTable], alerts: OpenAlerts) -> None:
        self._alerts = alerts
        self._size_us = round(settings.everywhere.window_seconds * SECOND_US)
        self._start_us = round(settings.everywhere.start_seconds * SECOND_US)
        self._words = SeriesWords(settings)
        self._untold: dict[tuple[str, int], tuple[Series, bool]] = {}
        """By source and window: what has grown since it was told, and whether by late logins."""
        self._tell_at: dict[tuple[str, int], int] = {}
        """By source and window: at how many logins it is told again."""
        self._closed_until_us = 0

    def judge(self, series: Series, now_us: int, *, late: bool = False) -> list[Alert]:
        """A series has grown by one login."""
        if series.count < self._words.begins(series):
            return []
        place = (series.source, series.window_start_us)
        if series.count < self._tell_at.get(place, 0):
            self._untold[place] = (series, late)
            return []
        return self._tell(series, now_us, late=late)

    def tick(self, now_us: int) -> list[Alert]:
        """When windows have ended: tell what is untold of them, and resolve their alerts."""
        closed_until_us = self._window_at(now_us - GRACE_US)
        if closed_until_us <= self._closed_until_us:
            return []
        self._closed_until_us = closed_until_us
        changed: list[Alert] = []
        for place in [place for place in self._untold if place[1] < closed_until_us]:
            series, late = self._untold[place]
            changed += self._tell(series, now_us, late=late)
        for alert in self._alerts.of(RULE, ""):
            if self._window_at(alert.opened_us) < closed_until_us:
                changed += self._resolve(alert)
        self._tell_at = {place: at for place, at in self._tell_at.items() if place[1] + DAY_US >= closed_until_us}
        return changed

    def _tell(self, series: Series, now_us: int, *, late: bool) -> list[Alert]:
        """Open the alert, or word it anew; never with fewer logins than it has told of (after a restart)."""
        place = (series.source, series.window_start_us)
        self._untold.pop(place, None)
        self._tell_at[place] = self._words.next_told(series.count, series)
        standing = self._alerts.get(RULE, "", series.source)
        window_us = series.window_start_us if standing is None else self._window_at(standing.opened_us)
        if standing is not None and window_us == series.window_start_us and series.count <= standing.count:
            return []
        finding = self._words.finding(series, late=late)
        if standing is None and self._words.is_enough(self._alerts.count(RULE, "")):
            return self._alerts.found(self._words.too_many(series), now_us)
        if window_us > series.window_start_us or (standing is None and window_us < self._window_at(now_us - GRACE_US)):
            return [self._alerts.past(finding, now_us, series.window_start_us + self._size_us)]
        closed = self._resolve(standing) if standing is not None and window_us < series.window_start_us else []
        return closed + self._alerts.found(finding, now_us)

    def _resolve(self, alert: Alert) -> list[Alert]:
        self._words.over(alert.subject)
        return self._alerts.over(RULE, "", alert.subject, self._window_at(alert.opened_us) + self._size_us)

    def _window_at(self, time_us: int) -> int:
        """Where the window starts that a time is in. An alert is opened by a login of its window."""
        return time_us - (time_us - self._start_us) % self._size_us

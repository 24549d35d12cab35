"""Calls out when an alert opens or grows graver: by the bell, by a flash, or not at all."""

from __future__ import annotations

from collections.abc import Iterable

from whotop.core.feed import AlertChanged, Batch
from whotop.model import Alert, Level
from whotop.tui.options import AlertCalls

_ORDER = (Level.INFO, Level.WARN, Level.HIGH)


class Herald:
    """Hears every batch, also while the view stands still. What stands at the first is not news."""

    def __init__(self, calls: AlertCalls) -> None:
        self.rings, self.flashes = calls.bell, calls.flash
        self._from = _ORDER.index(calls.level)
        self._known: dict[bytes, int] = {}
        """Open alerts, and how grave each was when it was last heard of."""
        self._has_begun = False

    def is_called_for(self, batch: Batch, now_us: int) -> bool:
        """Whether the batch tells of an alert that somebody should look at."""
        alerts = [change.alert for change in batch.changes if isinstance(change, AlertChanged)]
        news = [alert for alert in alerts if self._is_news(alert, now_us)]
        self._remember(alerts)
        has_begun, self._has_begun = self._has_begun, True
        return has_begun and bool(news)

    def _is_news(self, alert: Alert, now_us: int) -> bool:
        rank = _ORDER.index(alert.level)
        if not alert.is_open or alert.is_muted(now_us) or rank < self._from:
            return False
        return rank > self._known.get(alert.key, -1)

    def _remember(self, alerts: Iterable[Alert]) -> None:
        for alert in alerts:
            if alert.is_open:
                self._known[alert.key] = _ORDER.index(alert.level)
            else:
                self._known.pop(alert.key, None)

"""One judge for each alert that is about no single machine: a lock beside those of the machines.

An alert about one machine belongs to whoever polls that machine. One about several, or about a source,
belongs to the process that opened it: it alone counts it on, resolves it and tells of it. When that
process has ended, however it ended, the next that takes anything up takes the alert up too.
"""

from __future__ import annotations

from collections.abc import Iterable

from whotop.clock import HOUR_US
from whotop.model import Alert
from whotop.store.claims import Claims

KEPT_US = HOUR_US
"""An alert that resolved may come back as the same one, and is its judge's for so long."""


class AlertClaims:
    """The alerts over the fleet that this process judges."""

    def __init__(self, claims: Claims) -> None:
        self._claims = claims
        self._resolved_us: dict[str, int] = {}
        """Names under which resolved ones are claimed; the one that resolved first comes first."""

    def take(self, alerts: Iterable[Alert], now_us: int) -> None:
        """These are about to be written."""
        for alert in alerts:
            if not alert.machine:
                self._claim(alert, now_us)
        self._let_go(now_us)

    def mine(self, alerts: Iterable[Alert], now_us: int) -> list[Alert]:
        """Those of the store's that nobody else judges; from now on this process does."""
        return [alert for alert in alerts if alert.machine or self._claim(alert, now_us)]

    def _claim(self, alert: Alert, now_us: int) -> bool:
        if alert.resolved_us is not None and now_us - alert.resolved_us > KEPT_US:
            return True
        name = _name(alert)
        self._resolved_us.pop(name, None)
        if not alert.is_open:
            self._resolved_us[name] = now_us
        return bool(self._claims.claim((name,)))

    def _let_go(self, now_us: int) -> None:
        while self._resolved_us and now_us - next(iter(self._resolved_us.values())) > KEPT_US:
            name = next(iter(self._resolved_us))
            del self._resolved_us[name]
            self._claims.release((name,))


def _name(alert: Alert) -> str:
    """No machine is called so: names of machines have no blanks."""
    return f"alert {alert.key.hex()}"

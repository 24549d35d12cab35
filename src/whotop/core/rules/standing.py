"""Alerts about what happened at a moment: they stand for a while, and resolve by themselves."""

from __future__ import annotations

from collections.abc import Callable

from whotop.core.rules.findings import OpenAlerts
from whotop.model import Alert


def resolve_ripe(alerts: OpenAlerts, rule: str, stands_us: Callable[[Alert], int], now_us: int) -> list[Alert]:
    """Resolve the alerts of a rule in which nothing has been found for as long as they stand."""
    ripe = [alert for alert in alerts.of_rule(rule) if alert.updated_us + stands_us(alert) <= now_us]
    return [done for alert in ripe for done in alerts.over(rule, alert.machine, alert.subject, now_us)]

"""Alerts and messages to tell of."""

from __future__ import annotations

from typing import Any

from tests.notify.conftest import NOON_US
from whotop.core.keys import alert_key, key_of
from whotop.model import Alert, Level
from whotop.model.delivery import Channel, Delivery, DeliveryKind


def alert(machine: str = "web-01", **fields: Any) -> Alert:
    """CPU over its limit."""
    usual: dict[str, Any] = {
        "rule": "cpu",
        "level": Level.WARN,
        "subject": "",
        "text": "cpu 97% over 90%",
        "opened_us": NOON_US,
        "updated_us": NOON_US,
        "value": 97.0,
        "limit": 90.0,
    }
    fields = {**usual, **fields}
    key = alert_key(fields["rule"], machine, fields["subject"], fields["opened_us"])
    return Alert(key=key, machine=machine, **fields)


def message(number: int = 1, target: str = "ops@example.org", **fields: Any) -> Delivery:
    """A message to somebody."""
    usual: dict[str, Any] = {
        "channel": Channel.MAIL,
        "kind": DeliveryKind.OPEN,
        "machine": "web-01",
        "subject": f"[whotop] message {number}",
        "body": "Hello.\n",
        "created_us": NOON_US + number,
        "due_us": NOON_US,
    }
    return Delivery(key=key_of("test", number, target), target=target, **{**usual, **fields})

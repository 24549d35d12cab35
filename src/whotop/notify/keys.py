"""What makes a delivery unique: the same news for the same target has one key, however often it is computed."""

from __future__ import annotations

from collections.abc import Iterable

from whotop.core.keys import key_of
from whotop.model.delivery import Channel, DeliveryKind


def alert_delivery_key(alert: bytes, kind: DeliveryKind, channel: Channel, target: str, number: int = 0) -> bytes:
    """Of a message about an alert; ``number`` counts its reminders, or says when it opened, or was over, this time."""
    return key_of("delivery", kind.value, channel.value, target, alert, number)


def digest_key(members: Iterable[bytes]) -> bytes:
    """Of the digest of these messages."""
    return key_of("delivery", DeliveryKind.DIGEST.value, *sorted(members))


def events_key(machine: str, target: str, time_us: int) -> bytes:
    """Of the security events of a machine, told at a time."""
    return key_of("delivery", DeliveryKind.EVENTS.value, Channel.MAIL.value, target, machine, time_us)

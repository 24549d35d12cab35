"""How long the store keeps what."""

from __future__ import annotations

import msgspec

HOUR_SECONDS = 3_600
DAY_SECONDS = 24 * HOUR_SECONDS


class RetentionSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds after which things leave the store."""

    raw_seconds: int = 2 * HOUR_SECONDS
    """Samples as they came."""
    minute_seconds: int = 14 * DAY_SECONDS
    """Samples condensed by the minute."""
    hour_seconds: int = 730 * DAY_SECONDS
    """Samples condensed by the hour."""
    event_seconds: int = 400 * DAY_SECONDS
    """Events, ended sessions, resolved alerts, states of machines and spans in which they were watched."""

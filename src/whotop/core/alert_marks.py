"""Marks: what people say of an alert. They have seen it; it is to disturb nobody for a while."""

from __future__ import annotations

from enum import StrEnum

import msgspec
from msgspec.structs import replace

from whotop.model import Alert, Level
from whotop.model.alert import UNTIL_RESOLVED_US

_ORDER = (Level.INFO, Level.WARN, Level.HIGH)


class MarkKind(StrEnum):
    """What somebody says."""

    ACKNOWLEDGED = "acknowledged"
    """They have seen it: no reminders are sent any more."""
    MUTED = "muted"
    """Until ``until_us`` no bell and no notification. Without a time it is muted no longer."""


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """Said of one alert, by an account on the computer where it was said."""

    alert_key: bytes
    kind: MarkKind
    by: str
    time_us: int
    until_us: int | None = None


def marked(alert: Alert, mark: Mark) -> Alert:
    """The alert as marked; who has acknowledged it first stays the one who did."""
    if mark.kind is MarkKind.MUTED:
        return replace(alert, muted_until_us=mark.until_us)
    if alert.is_acknowledged:
        return alert
    return replace(alert, acknowledged_us=mark.time_us, acknowledged_by=mark.by)


def still_marked(before: Alert, after: Alert) -> Alert:
    """What people said of an alert, as far as it holds for what became of it.

    One that has grown graver nobody has seen as it is now. One that resolved and has come back is
    muted no longer, if it was until it resolves.
    """
    if after.level is not before.level and _ORDER.index(after.level) > _ORDER.index(before.level):
        after = replace(after, acknowledged_us=None, acknowledged_by="")
    if not before.is_open and after.muted_until_us == UNTIL_RESOLVED_US:
        after = replace(after, muted_until_us=None)
    return after

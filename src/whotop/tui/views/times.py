"""Moments as the tables show them: short, in a given zone, with the day only where it is not today."""

from __future__ import annotations

from datetime import datetime, tzinfo

from whotop.clock import SECOND_US

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""Not strftime: tables are English whatever the locale, and every name is three cells wide."""
_NEVER = "–"


def local(time_us: int, zone: tzinfo) -> datetime:
    """A time in a zone; one outside what a calendar holds becomes its nearest end."""
    try:
        return datetime.fromtimestamp(time_us / SECOND_US, zone)
    except (OverflowError, ValueError, OSError):
        return datetime(9999 if time_us > 0 else 1, 1, 2, tzinfo=zone)


def since(time_us: int, now_us: int, zone: tzinfo) -> str:
    """At most 8 cells: ``08:12`` today, ``Nov 20`` this year, ``2024-05`` before."""
    return _short(time_us, now_us, zone, "%H:%M")


def moment(time_us: int, now_us: int, zone: tzinfo) -> str:
    """At most 8 cells, to the second today: ``14:22:05``, ``Nov 20``, ``2024-05``."""
    return _short(time_us, now_us, zone, "%H:%M:%S")


def day_and_time(time_us: int, now_us: int, zone: tzinfo) -> str:
    """At most 16 cells: ``14:22:05`` today, ``Nov 20 14:22``, ``2024-05-01 14:22``."""
    if not time_us:
        return _NEVER
    then, today = local(time_us, zone), local(now_us, zone)
    if then.date() == today.date():
        return f"{then:%H:%M:%S}"
    if then.year == today.year:
        return f"{_MONTHS[then.month - 1]} {then.day:02d} {then:%H:%M}"
    return f"{then.year:04d}-{then:%m-%d %H:%M}"


def _short(time_us: int, now_us: int, zone: tzinfo, of_today: str) -> str:
    if not time_us:
        return _NEVER
    then, today = local(time_us, zone), local(now_us, zone)
    if then.date() == today.date():
        return then.strftime(of_today)
    if then.year == today.year:
        return f"{_MONTHS[then.month - 1]} {then.day:02d}"
    return f"{then.year:04d}-{then:%m}"

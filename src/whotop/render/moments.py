"""Moments in words. A report is read later and elsewhere, so they carry their date and say their zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo

from whotop.clock import SECOND_US

NEVER = "never"
DAYS_BEFORE_1970 = date(1970, 1, 1).toordinal() - 1


def local(time_us: int, zone: tzinfo) -> datetime:
    """A time in a zone. A machine may claim any time: one outside the calendar becomes its nearest end."""
    try:
        return datetime.fromtimestamp(time_us / SECOND_US, zone)
    except (OverflowError, ValueError, OSError):
        return _near_an_end(time_us, zone)


def _near_an_end(time_us: int, zone: tzinfo) -> datetime:
    """Where UTC is outside the calendar, the zone may be inside; its offset is that of the end."""
    first, last = datetime.min.replace(tzinfo=zone), datetime.max.replace(tzinfo=zone)
    end = last if time_us > 0 else first
    try:
        return first + (timedelta(DAYS_BEFORE_1970, microseconds=time_us) + (end.utcoffset() or timedelta()))
    except OverflowError:
        return end


def full_moment(time_us: int, zone: tzinfo) -> str:
    """``2026-11-21 14:22:07``; 0 is ``never``."""
    return local(time_us, zone).replace(tzinfo=None).isoformat(" ", "seconds") if time_us else NEVER


def short_moment(time_us: int, at_us: int, zone: tzinfo) -> str:
    """``14:22:07`` on the day of ``at_us``, else with its date."""
    full = full_moment(time_us, zone)
    return full[11:] if time_us and full[:10] == full_moment(at_us, zone)[:10] else full


def iso_moment(time_us: int, zone: tzinfo) -> str:
    """``2026-11-21T14:22:07.250000+01:00``, for programs."""
    return local(time_us, zone).isoformat(timespec="microseconds")


def zone_name(time_us: int, zone: tzinfo) -> str:
    """``+01:00 Europe/Berlin``: the offset in force at that time, and the zone's name where it has one."""
    if zone is UTC:
        return "UTC"
    moment = local(time_us, zone)
    offset, name = moment.strftime("%z"), getattr(zone, "key", None) or moment.tzname() or ""
    offset = f"{offset[:3]}:{offset[3:5]}"
    return offset if name.startswith(("UTC+", "UTC-")) or not name else f"{offset} {name}"

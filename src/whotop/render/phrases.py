"""Phrases that several formats share: the totals, the span watched, what is known of a machine not reached."""

from __future__ import annotations

from whotop.clock import SECOND_US
from whotop.core.report import Report, ReportedMachine
from whotop.model import Alert
from whotop.model.alert import UNTIL_RESOLVED_US
from whotop.render.moments import full_moment, short_moment, zone_name
from whotop.text import counted, duration


def title(report: Report) -> str:
    """``2026-11-21 14:22:07 +01:00 Europe/Berlin``: the moment that the report shows."""
    return f"{full_moment(report.at_us, report.zone)} {zone_name(report.at_us, report.zone)}"


def watched(report: Report) -> str:
    """``watched for 3h 12m, since 11:10:02``; empty where nothing was watched."""
    if report.watched_from_us is None:
        return ""
    length = duration((report.at_us - report.watched_from_us) / SECOND_US)
    return f"watched for {length}, since {short_moment(report.watched_from_us, report.at_us, report.zone)}"


def totals(report: Report) -> list[str]:
    """``214 machines: 212 up, 2 down``, ``487 sessions (12 without a tty)``, ``133 users``, ``3 alerts``."""
    counts = report.totals
    phrases = [
        counted(counts.machines, "machine") + _states(report),
        counted(counts.sessions, "session")
        + (f" ({counts.without_tty:,} without a tty)" if counts.without_tty else ""),
        counted(counts.users, "user"),
    ]
    if counts.up or counts.alerts or counts.alerts_muted:
        muted = f" ({counts.alerts_muted:,} more muted)" if counts.alerts_muted else ""
        phrases.append(counted(counts.alerts, "alert") + muted)
    if counts.failed_logins:
        phrases.append(f"{counted(counts.failed_logins, 'failed login')} in 24 hours")
    return phrases


def _states(report: Report) -> str:
    counts = report.totals
    states = {
        "up": counts.up,
        "stale": counts.stale,
        "down": counts.down,
        "connecting": counts.connecting,
        "not watched": counts.not_watched,
    }
    known = ", ".join(f"{number:,} {state}" for state, number in states.items() if number)
    return f": {known}" if known else ""


def said(alert: Alert, report: Report) -> str:
    """What is wrong, and what people have said of it: ``cpu 97% over 90% (seen by alice; muted)``."""
    marks = []
    if alert.is_acknowledged:
        marks.append(f"seen by {alert.acknowledged_by}" if alert.acknowledged_by else "seen")
    if alert.muted_until_us is not None and alert.is_muted(report.at_us):
        is_endless = alert.muted_until_us == UNTIL_RESOLVED_US
        until = "" if is_endless else f" until {short_moment(alert.muted_until_us, report.at_us, report.zone)}"
        marks.append(f"muted{until}")
    return f"{alert.text} ({'; '.join(marks)})" if marks else alert.text


def why_not_reached(machine: ReportedMachine) -> str:
    """Its reason, or at least its state."""
    return machine.reason or (str(machine.state) if machine.state else "")


def last_seen(machine: ReportedMachine, report: Report) -> str:
    """Who was on it when it was last seen: ``alice, bob as of 14:19:00``, ``nobody as of…``, ``never seen``."""
    if not machine.as_of_us:
        return "never seen"
    as_of = f"as of {short_moment(machine.as_of_us, report.at_us, report.zone)}"
    if not machine.sessions_known:
        return f"cannot tell who {as_of}"
    return f"{listed(machine.users) or 'nobody'} {as_of}"


def listed(names: list[str]) -> str:
    r"""``alice, bob``; a comma inside a name shows as ``\x2c``, so that one user cannot look like two."""
    return ", ".join(name.replace(",", "\\x2c") for name in names)

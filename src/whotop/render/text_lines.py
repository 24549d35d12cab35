"""A report as lines of text: ``machine: user, user``, and what went wrong only where something did."""

from __future__ import annotations

from whotop.core.report import Report
from whotop.core.rules.reach import RULE as REACH
from whotop.render.moments import short_moment
from whotop.render.phrases import last_seen, listed, said, why_not_reached
from whotop.text import counted

FAILED_SHOWN = 10
USAGE_SHOWN = 5


def text_lines(report: Report) -> list[str]:
    """All of it; a blank line stands before each kind of trouble."""
    lines = who_lines(report)
    troubles = (alert_lines(report), failed_lines(report), not_reached_lines(report), cannot_tell_lines(report))
    for block in (*troubles, usage_lines(report)):
        if lines and block:
            lines.append("")
        lines += block
    return lines


def who_lines(report: Report) -> list[str]:
    """Machines with somebody on, in the report's order; each user once."""
    return [f"{machine.name}: {listed(machine.users)}" for machine in report.machines if machine.sessions]


def alert_lines(report: Report) -> list[str]:
    """Alerts that stand, the newest first; that a machine is not reached is told elsewhere."""
    not_reached = {machine.name for machine in report.not_reached}
    return [
        f"alert: {alert.level} {short_moment(alert.opened_us, report.at_us, report.zone)} {alert.where}:"
        f" {said(alert, report)}"
        for alert in report.alerts
        if alert.rule != REACH or not not_reached.issuperset(alert.machines or (alert.machine,))
    ]


def failed_lines(report: Report) -> list[str]:
    """Who was tried from where, the most often tried first, and how many more there were."""
    shown = report.failed_logins[:FAILED_SHOWN]
    lines = [
        f"failed logins: {failures.count} as {failures.user} on {failures.machine}"
        f" from {failures.source or failures.tty or 'the console'}"
        f" (last {short_moment(failures.last_us, report.at_us, report.zone)})"
        for failures in shown
    ]
    more = (report.totals.failed_logins or 0) - sum(failures.count for failures in shown)
    return [*lines, f"failed logins: {more} more"] if more > 0 else lines


def not_reached_lines(report: Report) -> list[str]:
    """Machines that do not answer, why, and who was last seen on them."""
    return [
        f"not reached: {machine.name}: {why_not_reached(machine)} ({last_seen(machine, report)})"
        for machine in report.not_reached
    ]


def usage_lines(report: Report) -> list[str]:
    """Unique users of the latest periods, the newest first, where that was asked for."""
    if report.usage is None:
        return []
    word = report.usage.period.word
    latest = report.usage.periods[: -USAGE_SHOWN - 1 : -1]
    return [f"usage: {counted(one.users, 'user')} in the {word} to {one.last_day}" for one in latest]


def cannot_tell_lines(report: Report) -> list[str]:
    """Machines that answer but do not tell who is logged in."""
    return [f"cannot tell: {machine.name}" for machine in report.cannot_tell]

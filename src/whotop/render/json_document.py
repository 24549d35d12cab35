"""A report as JSON: what the API returns too. Fields are added to it, never renamed.

Keys and texts as received, which may be no UTF-8, are hexadecimal.
"""

from __future__ import annotations

import msgspec

from whotop.core.report import Report, ReportedMachine, ReportedSession
from whotop.core.report_failures import ReportedFailures
from whotop.model import Alert, RawText
from whotop.render.moments import iso_moment, zone_name
from whotop.render.usage.texts import usage_document

VERSION = 1


def json_document(report: Report) -> bytes:
    """The document, indented by two, ending in a line break."""
    return msgspec.json.format(msgspec.json.encode(_document(report)), indent=2) + b"\n"


def _document(report: Report) -> dict[str, object]:
    return {
        "whotop_report": VERSION,
        "made": iso_moment(report.made_us, report.zone),
        "at": iso_moment(report.at_us, report.zone),
        "zone": zone_name(report.at_us, report.zone),
        "watched_from": _moment(report.watched_from_us, report),
        "totals": msgspec.structs.asdict(report.totals),
        "machines": [_machine(machine, report) for machine in report.machines],
        "not_reached": [_machine(machine, report) for machine in report.not_reached],
        "cannot_tell": [_machine(machine, report) for machine in report.cannot_tell],
        "alerts": [_alert(alert, report) for alert in report.alerts],
        "failed_logins": [_failures(failures, report) for failures in report.failed_logins],
        "usage": None if report.usage is None else usage_document(report.usage),
    }


def _moment(time_us: int | None, report: Report) -> str | None:
    """None for what never was."""
    return iso_moment(time_us, report.zone) if time_us else None


def _machine(machine: ReportedMachine, report: Report) -> dict[str, object]:
    return {
        "machine": machine.name,
        "address": machine.address,
        "tags": machine.tags,
        "state": machine.state,
        "state_since": _moment(machine.state_since_us, report),
        "reason": machine.reason,
        "as_of": _moment(machine.as_of_us, report),
        "sessions_known": machine.sessions_known,
        "users": machine.users,
        "sessions": [_session(session, report) for session in machine.sessions],
        "cpu_percent": machine.cpu_percent,
        "memory_percent": machine.memory_percent,
        "disk_percent": machine.disk_percent,
        "load1": machine.load1,
        "uptime_seconds": machine.uptime_seconds,
    }


def _session(session: ReportedSession, report: Report) -> dict[str, object]:
    document: dict[str, object] = {
        "user": session.user,
        "tty": session.tty or None,
        "from": session.source or None,
        "since": iso_moment(session.since_us, report.zone),
        "idle_seconds": session.idle_seconds,
        "service": session.service or None,
    }
    return document if session.raw is None else document | {"raw": _raw(session.raw)}


def _raw(raw: RawText) -> dict[str, str]:
    """``RawText`` holds bytes as Latin-1; another character in it can only come from a text, so it is UTF-8."""
    texts = {"user": raw.user, "tty": raw.tty, "from": raw.source}
    return {name: _bytes(text).hex() for name, text in texts.items() if text is not None}


def _bytes(text: str) -> bytes:
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _failures(failures: ReportedFailures, report: Report) -> dict[str, object]:
    return {
        "machine": failures.machine,
        "user": failures.user,
        "from": failures.source or None,
        "tty": failures.tty or None,
        "count": failures.count,
        "last": iso_moment(failures.last_us, report.zone),
    }


def _alert(alert: Alert, report: Report) -> dict[str, object]:
    return {
        "key": alert.key.hex(),
        "rule": alert.rule,
        "level": alert.level,
        "machine": alert.machine or None,
        "subject": alert.subject,
        "text": alert.text,
        "opened": iso_moment(alert.opened_us, report.zone),
        "updated": iso_moment(alert.updated_us, report.zone),
        "count": alert.count,
        "value": alert.value,
        "limit": alert.limit,
        "late": alert.late,
        "machines": alert.machines,
        "acknowledged": None if alert.acknowledged_us is None else iso_moment(alert.acknowledged_us, report.zone),
        "acknowledged_by": alert.acknowledged_by or None,
        "muted": alert.is_muted(report.at_us),
    }

"""A report of what a filter lets pass: ``whotop report --where``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from whotop.clock import SECOND_US
from whotop.core.query import Query
from whotop.core.report import Report, ReportedMachine, ReportedSession, totals_of

FIELDS = frozenset(
    {"machine", "address", "tag", "state", "on", "cpu", "mem", "load", "disk", "up"}
    | {"user", "tty", "from", "service", "since", "idle"}
)


def report_where(report: Report, query: Query) -> Report:
    """The machines and sessions that pass, and the alerts of those machines; the totals count what is left.

    A machine passes with those of its sessions that do. One with nobody on, or about which nothing
    is known, passes by itself.
    """
    if query.is_empty:
        return report
    machines, not_reached, cannot_tell = (
        tuple(_passing(group, query, report.at_us))
        for group in (report.machines, report.not_reached, report.cannot_tell)
    )
    left = (*machines, *not_reached, *cannot_tell)
    names = {machine.name for machine in left}
    alerts = tuple(alert for alert in report.alerts if alert.machine in names)
    return msgspec.structs.replace(
        report,
        machines=machines,
        not_reached=not_reached,
        cannot_tell=cannot_tell,
        alerts=alerts,
        totals=totals_of(left, len(alerts)),
    )


def _passing(machines: Iterable[ReportedMachine], query: Query, at_us: int) -> Iterable[ReportedMachine]:
    for machine in machines:
        if not machine.sessions:
            if query.matches(_Row(machine, None, at_us)):
                yield machine
            continue
        sessions = tuple(session for session in machine.sessions if query.matches(_Row(machine, session, at_us)))
        if sessions:
            yield msgspec.structs.replace(machine, sessions=sessions)


@dataclass(frozen=True, slots=True)
class _Row:
    """A session on its machine, or a machine without any."""

    machine: ReportedMachine
    session: ReportedSession | None
    at_us: int

    def value(self, field: str) -> str | float | Sequence[str] | None:
        of_machine = self._of_machine()
        return of_machine[field] if field in of_machine else self._of_session().get(field)

    def visible(self) -> Iterable[str]:
        machine, session = self.machine, self.session
        texts = (machine.name, str(machine.state or ""), machine.reason)
        return texts if session is None else (*texts, session.user, session.tty, session.source)

    def _of_machine(self) -> dict[str, str | float | Sequence[str] | None]:
        machine = self.machine
        return {
            "machine": machine.name,
            "address": machine.address,
            "tag": machine.tags,
            "state": machine.state,
            "on": len(machine.sessions) if machine.sessions_known else None,
            "cpu": machine.cpu_percent,
            "mem": machine.memory_percent,
            "load": machine.load1,
            "disk": machine.disk_percent,
            "up": machine.uptime_seconds,
        }

    def _of_session(self) -> dict[str, str | float | Sequence[str] | None]:
        session = self.session
        if session is None:
            return {}
        return {
            "user": session.user,
            "tty": session.tty,
            "from": session.source,
            "service": session.service,
            "since": (self.at_us - session.since_us) / SECOND_US,
            "idle": session.idle_seconds,
        }

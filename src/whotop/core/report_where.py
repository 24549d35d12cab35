"""A report of some sessions only: ``whotop report --where "user:root !tag:prod"``.

A filter chooses among sessions. Machines that were not reached or cannot tell stay, whatever the
filter: one of the wanted sessions may be on them, and to leave them out would say "nobody".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from whotop.core.figures import FIGURES, figure
from whotop.core.query import Query, parse_query
from whotop.core.report import Report, ReportedMachine, ReportedSession
from whotop.core.report_failures import ReportedFailures

FIELDS = frozenset({"machine", "user", "from", "tty", "service", "idle", "tag", "state", "on", *FIGURES})
"""What a filter may ask for, named as on the screen."""


def parse_where(where: str) -> Query:
    """Read a filter for reports. Raises QueryError."""
    return parse_query(where, FIELDS)


def report_where(report: Report, query: Query) -> Report:
    """``report`` with the sessions that ``query`` finds."""
    machines = tuple(found for machine in report.machines if (found := _of_machine(machine, query)))
    failed = tuple(one for one in report.failed_logins if query.matches(_FailedRow(one)))
    sessions = [session for machine in machines for session in machine.sessions]
    totals = msgspec.structs.replace(
        report.totals,
        sessions=len(sessions),
        users=len({session.identity for session in sessions}),
        without_tty=sum(not session.tty for session in sessions) if report.totals.without_tty else 0,
        failed_logins=_failed_total(report, failed),
    )
    return msgspec.structs.replace(
        report,
        machines=machines,
        not_reached=tuple(_with_found(machine, query) for machine in report.not_reached),
        totals=totals,
        failed_logins=failed,
    )


def _failed_total(report: Report, found: Sequence[ReportedFailures]) -> int | None:
    """Of those that were found; a report that is left as it was keeps also what it does not list."""
    total = report.totals.failed_logins
    return total if total is None or len(found) == len(report.failed_logins) else sum(one.count for one in found)


def _of_machine(machine: ReportedMachine, query: Query) -> ReportedMachine | None:
    """The machine with what was found on it; one with nobody on stays if it is itself what was asked for."""
    found = _with_found(machine, query)
    if found.sessions or (not machine.sessions and query.matches(_Row(machine, None))):
        return found
    return None


def _with_found(machine: ReportedMachine, query: Query) -> ReportedMachine:
    found = tuple(session for session in machine.sessions if query.matches(_Row(machine, session)))
    return machine if len(found) == len(machine.sessions) else msgspec.structs.replace(machine, sessions=found)


@dataclass(frozen=True, slots=True)
class _FailedRow:
    """Failed logins, as the filter language sees them: they have texts, and no figures."""

    failures: ReportedFailures

    def value(self, field: str) -> str | None:
        match field:
            case "machine" | "user" | "tty":
                return getattr(self.failures, field) or None
            case "from":
                return self.failures.source or None
        return None

    def visible(self) -> Iterable[str]:
        return (self.failures.machine, self.failures.user, self.failures.tty, self.failures.source)


@dataclass(frozen=True, slots=True)
class _Row:
    """A session with its machine, as the filter language sees it; None: nobody is on."""

    machine: ReportedMachine
    session: ReportedSession | None

    def value(self, field: str) -> str | float | Sequence[str] | None:
        machine, session = self.machine, self.session
        match field:
            case "user" | "tty" | "service":
                return (getattr(session, field) or None) if session else None
            case "from":
                return (session.source or None) if session else None
            case "idle":
                return session.idle_seconds if session else None
            case "machine":
                return machine.name
            case "tag":
                return machine.tags
            case "state":
                return machine.state.value if machine.state else None
            case "on":
                return len(machine.sessions)
        return figure(machine, field)

    def visible(self) -> Iterable[str]:
        yield self.machine.name
        if self.session:
            yield from (self.session.user, self.session.tty, self.session.source)

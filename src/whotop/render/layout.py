"""A report laid out as headings and tables, for the formats that are read as a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from whotop.core.report import Report, ReportedMachine, ReportedSession
from whotop.render.moments import full_moment
from whotop.render.phrases import last_seen, listed, said, title, totals, watched, why_not_reached
from whotop.render.usage.names import column_name
from whotop.text import duration

NOTHING_KNOWN = "–"


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``weight`` is its share of the width where widths must be shared out."""

    title: str
    weight: float
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a heading, each with one text per column."""

    heading: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]

    def lines(self) -> Iterator[tuple[tuple[str, ...], bool]]:
        """Each row, and whether its first cell says the same as the one above (a page dims it then)."""
        above = None
        for row in self.rows:
            yield row, row[0] == above
            above = row[0]


@dataclass(frozen=True, slots=True)
class Layout:
    """A page: what and when, the totals, the tables that hold something, and who has nobody on."""

    title: str
    watched: str
    totals: tuple[str, ...]
    tables: tuple[Table, ...]
    quiet: tuple[str, ...]
    """Machines that answered and have nobody on."""


WHO = (
    Column("machine", 3),
    Column("user", 3),
    Column("tty", 1.5),
    Column("from", 3),
    Column("since", 2.6),
    Column("idle", 1.2, is_number=True),
)
ALERTS = (Column("level", 1), Column("since", 2.6), Column("machine", 3), Column("what", 8))
FAILED = (
    Column("machine", 3),
    Column("user", 3),
    Column("from", 3),
    Column("tty", 1.5),
    Column("failed", 1.2, is_number=True),
    Column("last", 2.6),
)
NOT_REACHED = (
    Column("machine", 3),
    Column("state", 1.5),
    Column("since", 2.6),
    Column("why", 5),
    Column("last seen", 5),
)
CANNOT_TELL = (Column("machine", 3), Column("address", 5))
HEALTH = (
    Column("machine", 4),
    *(Column(name, 1.2, is_number=True) for name in ("on", "cpu", "mem", "load", "disk", "up")),
)


def laid_out(report: Report) -> Layout:
    """The page that says all of a report."""
    tables = (
        Table("Who is on which machine", WHO, tuple(_who(report))),
        Table("Alerts", ALERTS, tuple(_alerts(report))),
        Table("Failed logins in the last 24 hours", FAILED, tuple(_failed(report))),
        Table("Not reached", NOT_REACHED, tuple(_not_reached(report))),
        Table("Cannot tell who is logged in", CANNOT_TELL, tuple((m.name, m.address) for m in report.cannot_tell)),
        Table("How the machines are", HEALTH, tuple(_health(report))),
        _usage(report),
    )
    return Layout(
        title=title(report),
        watched=watched(report),
        totals=tuple(totals(report)),
        tables=tuple(table for table in tables if table.rows),
        quiet=tuple(machine.name for machine in report.machines if not machine.sessions),
    )


def _usage(report: Report) -> Table:
    """The newest period first."""
    usage = report.usage
    if usage is None:
        return Table("", (), ())
    columns = (
        Column(column_name(usage.period), 3),
        *(Column(name, 1.2, is_number=True) for name in ("users", "logins")),
    )
    rows = tuple((str(one.last_day), f"{one.users:,}", f"{one.logins:,}") for one in reversed(usage.periods))
    return Table(f"Unique users per {usage.period.word}, {usage.start} to {usage.end}", columns, rows)


def _who(report: Report) -> Iterator[tuple[str, ...]]:
    for machine in report.machines:
        for session in machine.sessions:
            yield (machine.name, *_session(session, report))


def _session(session: ReportedSession, report: Report) -> tuple[str, ...]:
    idle = duration(session.idle_seconds) if session.idle_seconds is not None else NOTHING_KNOWN
    since = full_moment(session.since_us, report.zone)
    return (session.user, session.tty or NOTHING_KNOWN, session.source or NOTHING_KNOWN, since, idle)


def _alerts(report: Report) -> Iterator[tuple[str, ...]]:
    for alert in report.alerts:
        yield (str(alert.level), full_moment(alert.opened_us, report.zone), alert.where, said(alert, report))


def _failed(report: Report) -> Iterator[tuple[str, ...]]:
    for failures in report.failed_logins:
        yield (
            failures.machine,
            failures.user,
            failures.source or NOTHING_KNOWN,
            failures.tty or NOTHING_KNOWN,
            str(failures.count),
            full_moment(failures.last_us, report.zone),
        )


def _not_reached(report: Report) -> Iterator[tuple[str, ...]]:
    for machine in report.not_reached:
        yield (
            machine.name,
            str(machine.state),
            full_moment(machine.state_since_us, report.zone),
            why_not_reached(machine),
            last_seen(machine, report),
        )


def _health(report: Report) -> Iterator[tuple[str, ...]]:
    for machine in (*report.machines, *report.cannot_tell):
        if machine.uptime_seconds is not None:
            yield _health_of(machine)


def _health_of(machine: ReportedMachine) -> tuple[str, ...]:
    return (
        machine.name,
        str(len(machine.sessions)) if machine.sessions_known else "?",
        _percent(machine.cpu_percent),
        _percent(machine.memory_percent),
        NOTHING_KNOWN if machine.load1 is None else f"{machine.load1:.2f}",
        _percent(machine.disk_percent),
        duration(machine.uptime_seconds or 0),
    )


def _percent(value: float | None) -> str:
    return NOTHING_KNOWN if value is None else f"{value:.0f}%"


def quiet_line(layout: Layout) -> str:
    """``Nobody on: app-1, app-2``."""
    return f"Nobody on: {listed(list(layout.quiet))}"

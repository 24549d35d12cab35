"""Reports to render: a usual one, and one with a name of the test's choice everywhere."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from whotop.clock import DAY_US, HOUR_US, MINUTE_US, SECOND_US
from whotop.core.report import Report, ReportedMachine, ReportedSession, Totals
from whotop.core.report_failures import ReportedFailures
from whotop.model import Alert, Level, MachineState, RawText

AT = 1_795_267_327 * SECOND_US
"""2026-11-21 14:22:07 in Berlin."""


@pytest.fixture
def report() -> Report:
    """Five machines: two with people on, one quiet, one down, one that cannot tell."""
    machines = (
        machine("web-01", session("bob", tty="pts/1"), session("alice"), session("alice", tty="pts/2")),
        machine("app-17"),
        machine("db-02", session("root", source="203.0.113.9", tty="")),
    )
    down = machine("edge-03", session("carol"), state=MachineState.DOWN, reason="connection refused")
    alert = Alert(
        key=b"\x01" * 16,
        rule="cpu",
        level=Level.HIGH,
        machine="db-02",
        subject="",
        text="cpu 97% over 90%",
        opened_us=AT - 4 * MINUTE_US,
        updated_us=AT,
        value=97.0,
        limit=90.0,
    )
    return Report(
        made_us=AT,
        at_us=AT,
        zone=ZoneInfo("Europe/Berlin"),
        watched_from_us=AT - 3 * HOUR_US - 12 * MINUTE_US,
        totals=totals(),
        machines=machines,
        not_reached=(down,),
        cannot_tell=(machine("alpine-9", known=False),),
        alerts=(alert,),
    )


@pytest.fixture
def report_of_name() -> Callable[[str], Report]:
    """A report in which every text that a machine could have chosen is this one."""

    def made(name: str) -> Report:
        named = session(name, tty=name, source=name, raw=RawText(user=name))
        alert = Alert(
            key=b"\x01" * 16,
            rule="cpu",
            level=Level.HIGH,
            machine=name,
            subject=name,
            text=name,
            opened_us=AT,
            updated_us=AT,
        )
        down = machine(name, named, state=MachineState.DOWN, reason=name)
        return Report(
            made_us=AT,
            at_us=AT,
            totals=totals(failed_logins=3),
            machines=(machine(name, named), machine(name)),
            not_reached=(down,),
            cannot_tell=(machine(name, known=False),),
            alerts=(alert,),
            failed_logins=(ReportedFailures(machine=name, user=name, source=name, tty=name, count=3, last_us=AT),),
        )

    return made


@pytest.fixture
def attacked(report: Report) -> Report:
    """The usual one, with failed logins."""
    tried = (failed("root"), failed("admin", count=1))
    return replace(report, totals=totals(failed_logins=24), failed_logins=tried)


def totals(failed_logins: int = 0) -> Totals:
    return Totals(
        machines=5,
        up=4,
        stale=0,
        down=1,
        connecting=0,
        not_watched=0,
        cannot_tell=1,
        sessions=4,
        users=3,
        without_tty=1,
        alerts=1,
        failed_logins=failed_logins,
    )


def failed(user: str, *, count: int = 23) -> ReportedFailures:
    return ReportedFailures(
        machine="db-02", user=user, source="203.0.113.9", tty="ssh:notty", count=count, last_us=AT - 5 * MINUTE_US
    )


def machine(
    name: str,
    *sessions: ReportedSession,
    state: MachineState = MachineState.UP,
    reason: str = "",
    known: bool = True,
) -> ReportedMachine:
    return ReportedMachine(
        name=name,
        address=f"ops@{name}",
        state=state,
        state_since_us=AT - 3 * MINUTE_US,
        reason=reason,
        as_of_us=AT - (0 if state is MachineState.UP else 3 * MINUTE_US),
        sessions_known=known,
        sessions=sessions,
        cpu_percent=43.2,
        memory_percent=61.0,
        disk_percent=55.0,
        load1=0.82,
        uptime_seconds=41 * 86_400.0,
    )


def session(user: str, *, tty: str = "pts/0", source: str = "10.0.3.7", raw: RawText | None = None) -> ReportedSession:
    return ReportedSession(
        user=user, tty=tty, source=source, since_us=AT - DAY_US, idle_seconds=125.0 if tty else None, raw=raw
    )

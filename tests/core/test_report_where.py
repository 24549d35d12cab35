"""A report of what a filter lets pass."""

from __future__ import annotations

import pytest

from whotop.clock import SECOND_US
from whotop.core.query import parse_query
from whotop.core.report import Report, ReportedMachine, ReportedSession, totals_of
from whotop.core.report_where import FIELDS, report_where
from whotop.model import Alert, Level, MachineState

AT = 1_000_000 * SECOND_US


def machine(name: str, *users: str, state: MachineState = MachineState.UP, known: bool = True) -> ReportedMachine:
    sessions = tuple(
        ReportedSession(
            user=user,
            tty=f"pts/{number}",
            source="10.0.0.7",
            service="sshd",
            since_us=AT - 60 * SECOND_US,
            idle_seconds=5,
        )
        for number, user in enumerate(users)
    )
    return ReportedMachine(
        name=name,
        address=f"ops@{name}",
        tags=("prod",),
        state=state,
        sessions=sessions,
        sessions_known=known,
        cpu_percent=50.0,
        memory_percent=50.0,
        disk_percent=50.0,
        load1=0.5,
        uptime_seconds=50.0,
    )


def alert(of: str) -> Alert:
    return Alert(
        key=of.encode(), rule="cpu", level=Level.WARN, machine=of, subject="", text="", opened_us=1, updated_us=1
    )


def where(text: str) -> Report:
    machines = (machine("web", "ann", "bob", "bob"), machine("db", "root"), machine("app"))
    down = (machine("edge", "ann", state=MachineState.DOWN),)
    unknown = (machine("alpine", known=False),)
    report = Report(
        made_us=AT,
        at_us=AT,
        totals=totals_of((*machines, *down, *unknown), 2),
        machines=machines,
        not_reached=down,
        cannot_tell=unknown,
        alerts=(alert("web"), alert("db")),
    )
    return report_where(report, parse_query(text, FIELDS))


@pytest.mark.parametrize(
    ("text", "machines"),
    [
        ("", ["web", "db", "app", "edge", "alpine"]),
        ("user:bob", ["web"]),
        ("ann", ["web", "edge"]),
        ("machine:w* or user:root", ["web", "db"]),
        ("state:down", ["edge"]),
        ("on:0", ["app"]),
        ("user:none", ["app", "alpine"]),
        ("on:none", ["alpine"]),
        ("tag:prod cpu>40 since<2m idle<10s", ["web", "db", "edge"]),
    ],
)
def test_machines_pass_with_a_session_that_does_or_by_themselves(text: str, machines: list[str]) -> None:
    made = where(text)
    assert [found.name for found in (*made.machines, *made.not_reached, *made.cannot_tell)] == machines


def test_only_the_sessions_that_pass_are_left_and_counted() -> None:
    made = where("user:bob")
    assert [session.user for session in made.machines[0].sessions] == ["bob", "bob"]
    assert (made.totals.machines, made.totals.sessions, made.totals.users) == (1, 2, 1)


def test_alerts_of_the_machines_that_are_left_stay() -> None:
    assert [found.machine for found in where("user:bob").alerts] == ["web"]


@pytest.mark.parametrize("field", sorted(FIELDS))
def test_every_column_has_a_value(field: str) -> None:
    assert where(f"!{field}:none").totals.machines > 0

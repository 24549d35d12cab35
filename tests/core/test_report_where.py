from __future__ import annotations

import pytest

from whotop.core.report import Report, ReportedMachine, ReportedSession, Totals
from whotop.core.report_failures import ReportedFailures
from whotop.core.report_where import parse_where, report_where
from whotop.errors import QueryError
from whotop.model import MachineState


def session(user: str, *, tty: str = "pts/0", source: str = "10.0.0.1", idle: float | None = 0.0) -> ReportedSession:
    return ReportedSession(user=user, tty=tty, source=source, since_us=0, idle_seconds=idle)


def failures(user: str, count: int, source: str = "10.0.0.1") -> ReportedFailures:
    return ReportedFailures(machine="web-01", user=user, source=source, tty="ssh:notty", count=count, last_us=0)


WEB = ReportedMachine(
    name="web-01",
    tags=("prod", "web"),
    state=MachineState.UP,
    cpu_percent=97.0,
    sessions=(session("lane"), session("root", tty="", source="192.168.0.9", idle=7_200.0)),
)
DB = ReportedMachine(name="db-02", state=MachineState.UP, cpu_percent=3.0, sessions=(session("root"),))
QUIET = ReportedMachine(name="quiet", tags=("prod",), state=MachineState.UP)
LOST = ReportedMachine(name="lost", state=MachineState.DOWN, sessions=(session("root"), session("lane")))
MUTE = ReportedMachine(name="mute", state=MachineState.UP, sessions_known=False)
REPORT = Report(
    made_us=0,
    at_us=0,
    totals=Totals(
        machines=5, up=4, stale=0, down=1, connecting=0, not_watched=0, cannot_tell=1,
        sessions=3, users=2, without_tty=1, alerts=0, failed_logins=50,
    ),
    failed_logins=(failures("root", 9), failures("lane", 2, source="")),
    machines=(WEB, DB, QUIET),
    not_reached=(LOST,),
    cannot_tell=(MUTE,),
)  # fmt: skip


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("", {"web-01": ["lane", "root"], "db-02": ["root"], "quiet": []}),
        ("user:root", {"web-01": ["root"], "db-02": ["root"]}),
        ("lane", {"web-01": ["lane"]}),
        ("tag:prod", {"web-01": ["lane", "root"], "quiet": []}),
        ("from:192.168.0.0/16", {"web-01": ["root"]}),
        ("tty:none user:root", {"web-01": ["root"]}),
        ("idle>1h", {"web-01": ["root"]}),
        ("cpu>90 or machine:quiet", {"web-01": ["lane", "root"], "quiet": []}),
        ("on>1", {"web-01": ["lane", "root"]}),
        ("state:up !user:root", {"web-01": ["lane"], "quiet": []}),
    ],
)
def test_a_filter_chooses_sessions(where: str, found: dict[str, list[str]]) -> None:
    assert {machine.name: machine.users for machine in report_where(REPORT, parse_where(where)).machines} == found


def test_only_what_was_found_is_counted() -> None:
    totals = report_where(REPORT, parse_where("user:root")).totals
    assert (totals.sessions, totals.users, totals.without_tty, totals.machines) == (2, 1, 1, 5)


def test_machines_that_may_hold_the_wanted_stay() -> None:
    report = report_where(REPORT, parse_where("user:root"))
    assert [(machine.name, machine.users) for machine in report.not_reached] == [("lost", ["root"])]
    assert report.cannot_tell == (MUTE,)


def test_an_unknown_column_is_an_error() -> None:
    with pytest.raises(QueryError, match="did you mean user"):
        parse_where("usr:root")


@pytest.mark.parametrize(
    ("where", "found", "total"),
    [
        ("", ["root", "lane"], 50),
        ("user:root", ["root"], 9),
        ("from:none", ["lane"], 2),
        ("on>1", [], 0),
        ("web", ["root", "lane"], 50),
    ],
)
def test_a_filter_chooses_failed_logins_too(where: str, found: list[str], total: int) -> None:
    report = report_where(REPORT, parse_where(where))
    assert [failed.user for failed in report.failed_logins] == found
    assert report.totals.failed_logins == total

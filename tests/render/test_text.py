"""The report as lines of text, and what the screen leaves when it ends."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from whotop.core.report import Report
from whotop.render import Format, exit_text, render

WHO = """\
web-01: alice, bob
db-02: root
"""

TROUBLE = """\

alert: high 14:18:07 db-02: cpu 97% over 90%

not reached: edge-03: connection refused (carol as of 14:19:07)

cannot tell: alpine-9
"""

HEAD = """\
whotop 2026-11-21 14:22:07 +01:00 Europe/Berlin
watched for 3h 12m, since 11:10:07
5 machines: 4 up, 1 down · 4 sessions (1 without a tty) · 3 users · 1 alert

"""


def text_of(report: Report) -> str:
    return render(report, Format.TEXT).decode()


def test_machines_with_somebody_on_come_first_then_what_is_wrong(report: Report) -> None:
    assert text_of(report) == WHO + TROUBLE


def test_without_trouble_there_are_only_machines_with_somebody_on(report: Report) -> None:
    assert text_of(msgspec.structs.replace(report, alerts=(), not_reached=(), cannot_tell=())) == WHO


def test_failed_logins_are_told_by_source_user_and_machine(attacked: Report) -> None:
    assert "failed logins: 23 as root on db-02 from 203.0.113.9 (last 14:17:07)\n" in text_of(attacked)
    assert "24 failed logins in 24 hours" in exit_text(attacked, 50, None)


def test_the_ten_most_often_tried_are_told_and_how_many_more_there_were(attacked: Report) -> None:
    many = msgspec.structs.replace(attacked, failed_logins=attacked.failed_logins[1:] * 24)
    lines = [line for line in text_of(many).splitlines() if line.startswith("failed logins")]
    assert len(lines) == 11
    assert lines[-1] == "failed logins: 14 more"


def test_that_a_machine_is_not_reached_is_told_once(report: Report) -> None:
    alert = msgspec.structs.replace(
        report.alerts[0], rule="unreachable", machine="edge-03", text="unreachable: connection refused"
    )
    several = msgspec.structs.replace(alert, machine="", machines=("edge-03",), text="unreachable: 1 machine")
    lines = text_of(msgspec.structs.replace(report, alerts=(alert, several, *report.alerts))).splitlines()
    assert sum("unreachable" in line or "connection refused" in line for line in lines) == 1
    assert "alert: high 14:18:07 db-02: cpu 97% over 90%" in lines


def test_what_people_have_said_of_an_alert_stands_behind_it(report: Report) -> None:
    alert = msgspec.structs.replace(
        report.alerts[0],
        machine="",
        machines=("web-01", "db-02"),
        acknowledged_us=1,
        acknowledged_by="alice",
        muted_until_us=report.at_us + 60_000_000,
    )
    totals = msgspec.structs.replace(report.totals, alerts=0, alerts_muted=1)
    lines = text_of(msgspec.structs.replace(report, alerts=(alert,), totals=totals)).splitlines()
    assert "alert: high 14:18:07 2 machines: cpu 97% over 90% (seen by alice; muted until 14:23:07)" in lines


def test_a_comma_in_a_name_does_not_make_two_users(report_of_name: Callable[[str], Report]) -> None:
    assert text_of(report_of_name("ann, root")).startswith("ann, root: ann\\x2c root\n")


def test_a_machine_never_seen_is_said_to_be_so(report: Report) -> None:
    never = msgspec.structs.replace(report.not_reached[0], as_of_us=0, sessions=())
    lines = text_of(msgspec.structs.replace(report, not_reached=(never,))).splitlines()
    assert "not reached: edge-03: connection refused (never seen)" in lines


def test_a_machine_last_seen_with_nobody_on_is_said_to_be_so(report: Report) -> None:
    quiet = msgspec.structs.replace(report.not_reached[0], sessions=())
    assert "(nobody as of 14:19:07)" in text_of(msgspec.structs.replace(report, not_reached=(quiet,)))
    unknown = msgspec.structs.replace(quiet, sessions_known=False)
    assert "(cannot tell who as of 14:19:07)" in text_of(msgspec.structs.replace(report, not_reached=(unknown,)))


def test_on_exit_the_whole_is_shown_when_it_fits(report: Report) -> None:
    assert exit_text(report, 24, "/var/r.txt") == f"{HEAD}{WHO}{TROUBLE}\nwritten to /var/r.txt\n"


def test_on_exit_a_long_report_is_totals_trouble_and_where_the_whole_is(report: Report) -> None:
    trouble = TROUBLE.replace("\n\n", "\n").lstrip("\n")
    assert exit_text(report, 10, "/var/r.txt") == f"{HEAD}{trouble}\nwritten to /var/r.txt\n"
    assert exit_text(report, 10, None).endswith("too long to show here; --report FILE writes the whole\n")


def test_on_exit_trouble_longer_than_the_screen_is_counted(report: Report) -> None:
    long = msgspec.structs.replace(report, not_reached=report.not_reached * 100)
    lines = exit_text(long, 12, "/var/r.txt").splitlines()
    assert len(lines) == 11
    assert lines[4] == "alert: high 14:18:07 db-02: cpu 97% over 90%"
    assert lines[8] == "… and 98 more alerts and machines"


@pytest.mark.parametrize("height", [0, 1, 5, 8, 9, 10, 20, 80])
def test_on_exit_wrapped_lines_count_and_only_the_frame_may_exceed_the_screen(report: Report, height: int) -> None:
    lines = exit_text(report, height, "/var/r.txt", width=20).splitlines()
    used = sum(max(1, -(-len(line) // 20)) for line in lines)
    assert used <= max(height - 1, 16)
    assert lines[-1] == "written to /var/r.txt"

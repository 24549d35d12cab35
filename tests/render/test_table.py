"""The report as tables of text."""

from __future__ import annotations

from msgspec.structs import replace

from whotop.core.report import Report
from whotop.render import Format, render

WHO = """\
2026-11-21 14:22:07 +01:00 Europe/Berlin
watched for 3h 12m, since 11:10:07
5 machines: 4 up, 1 down · 4 sessions (1 without a tty) · 3 users · 1 alert

Who is on which machine
"""


def table_of(report: Report) -> str:
    return render(report, Format.TABLE).decode()


def block(report: Report, heading: str) -> list[str]:
    """The lines under a heading."""
    return table_of(report).split(f"\n{heading}\n")[1].split("\n\n")[0].splitlines()


def test_first_comes_when_it_was_and_what_there_was_in_all(report: Report) -> None:
    assert table_of(report).startswith(WHO)


def test_every_session_is_a_row_under_the_names_of_the_columns(report: Report) -> None:
    rows = block(report, "Who is on which machine")
    assert [row.split()[:3] for row in rows[:3]] == [
        ["machine", "user", "tty"],
        ["web-01", "bob", "pts/1"],
        ["web-01", "alice", rows[2].split()[2]],
    ]


def test_columns_are_as_wide_as_their_widest_text_on_a_terminal(report: Report) -> None:
    first = report.machines[0]
    wide = replace(first, name="東京", sessions=first.sessions[:1])
    header, row, *_ = block(replace(report, machines=(wide,)), "Who is on which machine")
    assert header.index("user") == len("machine") + 2
    assert row.index("bob") == header.index("user") - 2  # two characters that take four cells


def test_machines_with_nobody_on_stand_at_the_end(report: Report) -> None:
    assert table_of(report).endswith("\n\nNobody on: app-17\n")

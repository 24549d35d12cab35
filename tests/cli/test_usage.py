"""``whotop usage``: unique users per period, from files and from the store."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

LOGINS = "ann,10.0.0.1,2024-01-01 10:00:00\nbob,10.0.0.2,2024-01-07 23:59:59\nann,10.0.0.1,2024-01-15 00:00:00\n"
EVENTS = (
    "date,type,machine,user\n2024-01-01 10:00:00,login,web-01,ann\n2024-01-02 10:00:00,login,db-01,bob\n"
    "2024-01-09 10:00:00,login,db-01,admin\n"
)


@pytest.fixture
def logins(tmp_path: Path) -> Path:
    path = tmp_path / "logins.csv"
    path.write_text(LOGINS)
    return path


@pytest.fixture
def store(tmp_path: Path, whotop: Run) -> Path:
    """Three logins of January 2024."""
    path = tmp_path / "events.csv"
    path.write_text(EVENTS)
    assert whotop("import", path, "--store", tmp_path / "whotop.db", "--time-zone", "UTC")[0] == 0
    return tmp_path / "whotop.db"


JANUARY = ("--start", "2024-01-01", "--end", "2024-01-31")


def test_weeks_of_a_file_carry_their_sunday_and_empty_ones_are_0(whotop: Run, logins: Path) -> None:
    code, output, _ = whotop("usage", logins, "--format", "csv")
    assert (code, output) == (0, ",timestamp,user\n0,2024-01-07,2\n1,2024-01-14,0\n2,2024-01-21,1\n")


def test_a_range_and_a_period_can_be_said(whotop: Run, logins: Path) -> None:
    _, output, _ = whotop(
        "usage", logins, "--aggregate", "m", "--start", "2024-01-02", "--end", "2024-02-01", "--format", "csv",
        "--style", "plain",
    )  # fmt: skip
    assert output.splitlines()[1:] == ["2024-01-02,2024-01-31,2,2", "2024-02-01,2024-02-01,0,0"]


def test_users_can_be_excluded_and_logins_chosen(whotop: Run, logins: Path) -> None:
    assert whotop("usage", logins, "--exclude-user", "ann", "--format", "csv")[1].splitlines()[1:] == ["0,2024-01-07,1"]
    _, output, _ = whotop("usage", logins, "--source", "10.0.0.2/32", "--source", "none", "--format", "json")
    assert json.loads(output)["where"] == 'from:10.0.0.2/32 or from:"none"'
    assert [one["users"] for one in json.loads(output)["periods"]] == [1]


def test_a_file_without_logins_has_no_periods(whotop: Run, tmp_path: Path) -> None:
    path = tmp_path / "none.csv"
    path.write_text("user,time\n")
    assert whotop("usage", path, "--format", "csv") == (0, ",timestamp,user\n", "")


def test_the_ending_of_the_output_names_the_format(whotop: Run, logins: Path, tmp_path: Path) -> None:
    assert whotop("usage", logins, "-o", tmp_path / "usage.csv")[0] == 0
    assert (tmp_path / "usage.csv").read_text().startswith(",timestamp,user")
    assert whotop("usage", logins, "--plot", "-o", tmp_path / "usage.svg")[0] == 0
    assert "<svg" in (tmp_path / "usage.svg").read_text()


def test_a_plot_is_drawn_on_the_terminal(whotop: Run, logins: Path) -> None:
    _, output, _ = whotop("usage", logins, "--plot")
    assert "┴──" in output
    assert "█" in output


def test_the_store_answers_before_and_after_it_was_recorded(whotop: Run, store: Path) -> None:
    before = whotop("usage", "--store", store, *JANUARY, "--aggregate", "m", "--format", "csv")
    assert before == (0, ",timestamp,user\n0,2024-01-31,3\n", "")
    code, output, _ = whotop("usage", "aggregate", "--store", store, "--end", "2024-01-20")
    assert (code, output) == (0, "20 days recorded, 2024-01-01 to 2024-01-20: 3 logins\n")
    assert whotop("usage", "--store", store, *JANUARY, "--aggregate", "m", "--format", "csv") == before


def test_the_configuration_says_whose_days_and_who_does_not_count(whotop: Run, store: Path, tmp_path: Path) -> None:
    config = tmp_path / "whotop.toml"
    config.write_text(f'[usage]\nexclude_users = "admin"\n[store]\npath = "{store}"\n')
    _, output, _ = whotop("usage", "-c", config, *JANUARY, "--aggregate", "y", "--format", "csv")
    assert output.splitlines()[1:] == ["0,2024-12-31,2"]


def test_machines_of_the_store_can_be_chosen(whotop: Run, store: Path) -> None:
    _, output, _ = whotop("usage", "--store", store, *JANUARY, "--machine", "db-*", "--format", "csv")
    assert output.splitlines()[1:3] == ["0,2024-01-07,1", "1,2024-01-14,1"]


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["--start", "2024-02-30"], '"2024-02-30" is no day: write it like 2024-01-31'),
        (["--start", "2024-01-02", "--end", "2024-01-01"], "unexpected date range [2024-01-02 - 2024-01-01]"),
        (["--end", "2999-01-01"], "2999-01-01 is in the future"),
        (["--aggregate", "h"], '"h" is no period: say d, w, m, q or y'),
        (["--time-zone", "Mars"], '"Mars" is no time zone'),
        (["--where", "tty:pts/0"], "no column tty here"),
        (["--plot", "-o", "usage.pdf"], "a chart cannot be drawn as that"),
        (["--user", 'a"b'], "a name with a quote cannot be asked for"),
        (["--store", "x.db"], "leave out --store and --config"),
    ],
)
def test_what_cannot_be_meant_is_told_in_one_line(whotop: Run, logins: Path, arguments: list[str], what: str) -> None:
    code, output, errors = whotop("usage", logins, *arguments)
    assert (code, output) == (2, "")
    assert what in errors
    assert errors.count("\n") == 1


def test_without_a_store_it_says_so(whotop: Run, tmp_path: Path) -> None:
    for words in (["usage"], ["usage", "aggregate"]):
        code, _, errors = whotop(*words, "--store", tmp_path / "no.db")
        assert code == 1
        assert "there is no store" in errors


def test_a_range_that_the_job_cannot_count_is_refused_with_both_dates(whotop: Run, store: Path) -> None:
    code, _, errors = whotop("usage", "aggregate", "--store", store, "--start", "2024-01-05", "--end", "2024-01-04")
    assert (code, errors) == (
        2, "whotop: unexpected date range [2024-01-05 - 2024-01-04]: it ends before it starts\n"
    )  # fmt: skip


def test_logins_can_be_told_apart(whotop: Run, store: Path) -> None:
    _, output, _ = whotop("usage", "--store", store, *JANUARY, "--aggregate", "m", "--by", "machine")
    assert output.splitlines()[2:] == [
        "month to    machine  users  logins",
        "2024-01-31  db-01        2       2",
        "2024-01-31  web-01       1       1",
    ]
    _, output, _ = whotop("usage", "--store", store, *JANUARY, "--aggregate", "m", "--by", "user", "--format", "csv")
    assert output.splitlines() == [
        ",timestamp,user,logins",
        "0,2024-01-31,admin,1",
        "1,2024-01-31,ann,1",
        "2,2024-01-31,bob,1",
    ]

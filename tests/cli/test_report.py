from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run

EVENTS = """\
date,type,machine,user
2020-01-01 10:00:00,login,webserver.local,lane
2020-01-01 10:05:00,login,mailserver.local,chris
2020-01-01 10:10:00,login,webserver.local,jordan
2020-01-01 10:15:00,logout,webserver.local,jordan
2020-01-01 11:00:00,logout,mailserver.local,nobody
"""


@pytest.fixture
def events(tmp_path: Path) -> Path:
    file = tmp_path / "events.csv"
    file.write_text(EVENTS)
    return file


def test_a_file_of_events_says_who_is_on_which_machine(whotop: Run, events: Path) -> None:
    code, output, errors = whotop("report", events)
    assert (code, output) == (0, "webserver.local: lane\nmailserver.local: chris\n")
    assert errors == "whotop: logouts without a login: 1\n"


def test_a_moment_may_be_asked_for(whotop: Run, events: Path) -> None:
    code, output, _ = whotop("report", events, "--at", "2020-01-01 10:12", "--time-zone", "UTC")
    assert (code, output) == (0, "webserver.local: jordan, lane\nmailserver.local: chris\n")


@pytest.mark.parametrize(
    ("arguments", "said"), [((), "nobody is logged in"), (("--where", "user:karl"), "nobody is found")]
)
def test_on_a_terminal_it_is_said_that_nobody_is_there(
    whotop: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    file = tmp_path / "events.csv"
    file.write_text(
        EVENTS.splitlines()[0] + "\n2020-01-01 10:00:00,login,web,ann\n2020-01-01 10:05:00,logout,web,ann\n"
    )
    assert whotop("report", file, *arguments) == (0, "", "")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert whotop("report", file, *arguments) == (0, "", f"whotop: {said}\n")


def test_the_output_file_names_its_format(whotop: Run, events: Path, tmp_path: Path) -> None:
    code, output, _ = whotop("report", events, "-o", tmp_path / "r.html")
    assert (code, output) == (0, "")
    assert (tmp_path / "r.html").read_text().lstrip().lower().startswith("<!doctype html")


@pytest.mark.parametrize("format_name", ["text", "table", "markdown", "json", "csv", "html"])
def test_a_format_may_be_named(whotop: Run, events: Path, format_name: str) -> None:
    code, output, _ = whotop("report", events, "--format", format_name)
    assert code == 0
    assert "webserver.local" in output


def test_a_format_that_is_named_goes_before_the_ending(whotop: Run, events: Path, tmp_path: Path) -> None:
    code, output, _ = whotop("report", events, "--format", "json", "-o", tmp_path / "now.out")
    assert (code, output) == (0, "")
    assert (tmp_path / "now.out").read_text().startswith("{")


def test_a_filter_chooses_sessions(whotop: Run, events: Path) -> None:
    assert whotop("report", events, "--where", "machine:web*")[1] == "webserver.local: lane\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["a/b", "--where", "usr:lane"], "no column usr here: did you mean user?"),
        (["web-01", "-o", "r.doc"], "a report cannot be written as .doc"),
        (["web-01", "-o", "no/r.txt"], "no/r.txt: there is no folder"),
        (["a/b", "web-01"], "a/b is a file and web-01 a machine: report one kind at a time"),
        (["web-01", "-"], "- is a file and web-01 a machine"),
        (["no/such.csv"], "no/such.csv"),
        (["evnts.csv"], "evnts.csv: No such file"),
        (["web-01", "--at", "03:12"], "--at needs a FILE of events"),
        (["a/b", "--at", "yesterday"], '"yesterday" is no time'),
        (["a/b", "--time-zone", "Mars"], '"Mars" is no time zone'),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(whotop: Run, arguments: list[str], message: str) -> None:
    code, output, errors = whotop("report", *arguments)
    assert code in {1, 2}
    assert output == ""
    assert errors.startswith("whotop: ")
    assert message in errors
    assert errors.count("\n") == 1

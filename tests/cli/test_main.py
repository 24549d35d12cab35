from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import rich_click as click

from tests.cli.conftest import Run
from whotop import __version__
from whotop.cli import main
from whotop.cli.group import COMMANDS
from whotop.errors import ConfigError, UsageError, WhotopError


def raising(error: BaseException) -> Callable[..., None]:
    def raise_it(*_arguments: object, **_options: object) -> None:
        raise error

    return raise_it


def test_the_version_is_one_line(whotop: Run) -> None:
    assert whotop("--version") == (0, f"whotop {__version__}\n", "")


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_names_every_command(option: str) -> None:
    done = subprocess.run([sys.executable, "-m", "whotop", option], capture_output=True, text=True, check=True)
    assert all(command in done.stdout for command in COMMANDS)
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (WhotopError("it failed"), 1, "whotop: it failed\n"),
        (UsageError("it was wrong"), 2, "whotop: it was wrong\n"),
        (ConfigError("is wrong", file="c.toml", place="line 3"), 2, "whotop: c.toml: line 3: is wrong\n"),
        (KeyboardInterrupt(), 130, ""),
        (click.Abort(), 130, ""),
        (WhotopError("a\nb\x1b[2J"), 1, "whotop: a\\x0ab\\x1b[2J\n"),
    ],
)
def test_an_error_is_one_plain_line_and_a_code(
    whotop: Run, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, line: str
) -> None:
    monkeypatch.setattr(main.whotop, "main", raising(error))
    assert whotop() == (code, "", line)


def test_a_wrong_option_is_a_usage_error_that_says_where_help_is(whotop: Run) -> None:
    code, _, errors = whotop("report", "--nope")
    assert code == 2
    assert errors.startswith("whotop: No such option '--nope'")
    assert "see whotop report --help" in errors


def with_streams(redirections: str, *arguments: str) -> tuple[int, str, str]:
    """Run the command line as a shell does that redirects its standard streams."""
    command = ["sh", "-c", f'exec "$@" {redirections}', "sh", sys.executable, "-m", "whotop", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def test_what_is_read_from_a_closed_stream_is_one_line() -> None:
    line = "whotop: standard input: it is closed, and nothing can be read from it\n"
    assert with_streams("<&-", "report", "-") == (2, "", line)


def test_what_is_printed_on_a_closed_stream_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text("date,type,machine,user\n2020-01-01 10:00:00,login,web,lane\n")
    line = "whotop: standard output: it is not open for writing\n"
    assert with_streams(">&-", "report", str(tmp_path / "events.csv")) == (1, "", line)


def test_without_standard_error_all_is_done_and_nothing_said(tmp_path: Path) -> None:
    (tmp_path / "logins.csv").write_text("lane,10.0.0.1,2020-01-01 10:00:00\n")
    asked = ("usage", str(tmp_path / "logins.csv"), "--aggregate", "y")
    assert with_streams("2>&-", *asked) == with_streams("", *asked)
    assert with_streams("<&- >&- 2>&-", "report", "-") == (2, "", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_where_standard_error_is_full_the_code_alone_tells() -> None:
    assert with_streams("2>/dev/full", "report", "none.csv") == (2, "", "")


def into(output: str, *arguments: str) -> tuple[int, str]:
    """Run the command line with its standard output going to ``output``."""
    with Path(output).open("w") as file:
        done = subprocess.run(
            [sys.executable, "-m", "whotop", *arguments], stdout=file, stderr=subprocess.PIPE, text=True, check=False
        )
    return done.returncode, done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text("date,type,machine,user\n2020-01-01 10:00:00,login,web,lane\n")
    code, errors = into("/dev/full", "report", str(tmp_path / "events.csv"))
    assert (code, errors) == (1, "whotop: standard output: No space left on device\n")


def test_a_reader_that_has_gone_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text("date,type,machine,user\n2020-01-01 10:00:00,login,web,lane\n")
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "whotop", "report", str(tmp_path / "events.csv")],
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")

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

"""A computer on which nothing of whotop's is set up, and a way to run its command line."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from whotop.cli.main import run

Run = Callable[..., tuple[int, str, str]]
CLOSED = "127.0.0.1:1"
"""Where nobody listens; a port that was free a moment ago may be another test's by now."""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder; no system-wide configuration."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "SSH_AUTH_SOCK"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("whotop.config.load.SYSTEM_FILE", tmp_path / "none.toml")
    return home


@pytest.fixture(autouse=True)
def log() -> Iterator[None]:
    """A command that logs does so until its process ends; a test is no process."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    for added in root.handlers[:]:
        if added not in handlers:
            root.removeHandler(added)
            added.close()
    root.setLevel(level)


@pytest.fixture
def whotop(capfd: pytest.CaptureFixture[str]) -> Run:
    """Run the command line in this process; its exit code, standard output and standard error."""

    def started(*arguments: str | Path) -> tuple[int, str, str]:
        code = run([str(argument) for argument in arguments])
        output, errors = capfd.readouterr()
        return code, output, errors

    return started

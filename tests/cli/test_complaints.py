"""Files that cannot be read: what the commands that take files do about them, all alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run

LOG = "2026-11-20T12:00:00+00:00 web-01 sshd[7]: Accepted password for ann from 192.0.2.7 port 5 ssh2\n"
TAKE_FILES = [("report",), ("usage", "--format", "csv"), ("rules", "test")]


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A copy of a log that is none, beside one that is."""
    folder = tmp_path / "log"
    folder.mkdir()
    (folder / "auth.log").write_text(LOG)
    (folder / "secure.1.gz").write_bytes(b"\x1f\x8bhello")
    return folder / "secure.1.gz"


@pytest.mark.parametrize("command", TAKE_FILES)
def test_a_file_of_a_folder_is_named_and_the_rest_counts(whotop: Run, broken: Path, command: tuple[str, ...]) -> None:
    code, output, errors = whotop(*command, broken.parent)
    assert code == 1
    assert output == whotop(*command, broken.with_name("auth.log"))[1]
    assert errors.startswith(f"whotop: {broken}: ")
    assert errors.count("\n") == 1


@pytest.mark.parametrize("command", TAKE_FILES)
def test_a_file_that_was_named_ends_it(whotop: Run, broken: Path, command: tuple[str, ...]) -> None:
    code, output, errors = whotop(*command, broken, broken.with_name("auth.log"))
    assert (code, output) == (2, "")
    assert errors.startswith(f"whotop: {broken}: ")

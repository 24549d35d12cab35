from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from whotop.cli.log import start_log
from whotop.cli.options import ConfigOptions
from whotop.config.settings import Settings

log = logging.getLogger("asyncssh")


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    """A log file that takes everything."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    start_log(Settings(log_file=str(tmp_path / "log")), ConfigOptions(verbose=True))
    yield tmp_path / "log"
    for handler in set(root.handlers) - set(before[0]):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(before[1])


def test_what_a_machine_says_stays_one_line_and_shows_as_itself(file: Path) -> None:
    log.info("Received disconnect: %s", "bye\n2026-01-01 ERROR whotop: all is lost\x1b[2J\u202e\x9b")
    (line,) = file.read_text("utf-8").split("\n")[:-1]
    assert line.endswith(r"bye\x0a2026-01-01 ERROR whotop: all is lost\x1b[2J\u202e\x9b")


def test_no_line_of_a_traceback_can_pass_for_a_message(file: Path) -> None:
    try:
        raise ValueError("first\n2026-01-01 ERROR whotop: forged\x1b[2J")
    except ValueError:
        log.exception("failed")
    first, *others = file.read_text("utf-8").split("\n")[:-1]
    assert first.endswith("failed")
    assert all(line.startswith("    ") and line.isprintable() for line in others)


def test_a_message_without_end_is_cut(file: Path) -> None:
    log.info("%s", "x" * 1_000_000)
    assert len(file.read_text("utf-8")) < 3_000

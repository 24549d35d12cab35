"""Terminals: whose they are, and when each last had input."""

from __future__ import annotations

import os
from base64 import b64encode
from pathlib import Path

import pytest

from whotop.probe.linux.terminals import consoles_named_in, terminal_report, terminal_reports
from whotop.wire.messages import MICROSECONDS


def terminal(path: Path) -> bytes:
    """A name below /dev for any file."""
    return os.fsencode(f"..{path}")


def test_a_terminal_is_told_with_its_last_input_and_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "tty"
    path.touch()
    os.utime(path, ns=(1_795_298_012_123_456_789, 0))
    assert terminal_report(terminal(path)) == [
        b64encode(terminal(path)).decode(),
        1_795_298_012_123_456,
        os.getuid(),
    ]


@pytest.mark.parametrize("second", [-5, 2**34 - 1])
def test_whatever_date_its_owner_gives_it_the_protocol_can_hold_it(tmp_path: Path, second: int) -> None:
    path = tmp_path / "tty"
    path.touch()
    os.utime(path, (second, 0))
    report = terminal_report(terminal(path))
    assert report is not None
    assert isinstance(report[1], int)
    assert MICROSECONDS.ge == 0 <= report[1] <= 2**53 == MICROSECONDS.le


def test_a_terminal_that_is_gone_is_not_told() -> None:
    assert terminal_reports([b"999999"], []) == []


def test_consoles_are_those_that_session_files_and_utmp_name() -> None:
    assert consoles_named_in(b"TTY=tty1\nTTY=pts/0\n" + b"ttyS0\0\0\0" + b"tty12\0") == [b"tty1", b"tty12", b"ttyS0"]

"""The ways in which the screen ends, each on a terminal of its own, and the report that each leaves."""

from __future__ import annotations

import os
import pty
import select
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PATIENCE_SECONDS = 60
PROGRAM = """\
import asyncio, sys
from datetime import UTC
from whotop.cli.reports import Reports
from whotop.cli.screen import Screen
from whotop.clock import SystemClock
from whotop.config.settings import ReportTable
from whotop.core.feed import Batch, MachineChanged, SessionChanged
from whotop.core.fleet import Fleet
from whotop.errors import WhotopError
from whotop.model import Machine, MachineState, Session
from whotop.monitor.memory import FleetHistory
from whotop.tui.options import ScreenOptions

WEB = Machine(
    name="web-01", address="ops@web-01", state=MachineState.UP, state_since_us=1, last_sample_us=1, sessions_known=True
)
ALICE = Session(key=b"1", machine="web-01", user="alice", login_us=1, tty="pts/0")

class Watch:
    kind, notices, history = "live", (), FleetHistory(Fleet())

    async def open(self):
        if sys.argv[1:] == ["refuse"]:
            raise WhotopError("w.db: the disk is full")
        return self

    async def batches(self):
        yield Batch(1, 1, (MachineChanged(WEB), SessionChanged(ALICE)))
        if sys.argv[1:] == ["fail"]:
            password = "hunter2"
            raise LookupError(password)
        await asyncio.Event().wait()

    async def close(self):
        pass

clock = SystemClock()
async def reload():
    return "read again"

try:
    code = Screen(Watch(), ScreenOptions(), Reports(ReportTable(), UTC, clock, 1), clock, reload).run()
except WhotopError as error:
    print("whotop:", error)
    code = error.exit_code
sys.exit(code)
"""


class Shown:
    """The program, and what it has drawn."""

    def __init__(self, pid: int, terminal: int) -> None:
        self.pid = pid
        self._terminal = terminal
        self.drawn = b""

    def until(self, wanted: bytes) -> None:
        while wanted not in self.drawn:
            assert select.select([self._terminal], [], [], PATIENCE_SECONDS)[0], f"{wanted!r} was never drawn"
            self.drawn += os.read(self._terminal, 65_536)

    def press(self, key: bytes) -> None:
        os.write(self._terminal, key)

    def end(self) -> int:
        """Its exit code, once it has ended by itself."""
        try:
            while select.select([self._terminal], [], [], PATIENCE_SECONDS)[0]:
                self.drawn += os.read(self._terminal, 65_536)
        except OSError:  # EIO: nobody holds the other end any more
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def after_the_screen(self) -> str:
        """What stands on the normal screen at the end."""
        return self.drawn.rpartition(b"\x1b[?1049l")[2].decode()


@pytest.fixture
def state(home: Path) -> Path:
    """Where reports go that nobody named a file for."""
    return home / ".local" / "state" / "whotop"


@contextmanager
def shown(*arguments: str) -> Iterator[Shown]:
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ |= {"TERM": "xterm-256color", "COLUMNS": "100", "LINES": "30"}
        os.execv(sys.executable, [sys.executable, "-c", PROGRAM, *arguments])
    screen = Shown(pid, terminal)
    try:
        if not arguments:
            screen.until(b"alice")
        yield screen
    finally:
        os.close(terminal)


def test_q_leaves_the_report_on_the_terminal_and_nothing_in_a_file(state: Path) -> None:
    with shown() as screen:
        screen.press(b"q")
        assert screen.end() == 0
        assert "alice" in screen.after_the_screen()
    assert not list(state.glob("*.txt"))


def test_ctrl_c_leaves_it_too_and_130(state: Path) -> None:
    with shown() as screen:
        screen.press(b"\x03")
        assert screen.end() == 130
        assert "alice" in screen.after_the_screen()


def test_sigterm_leaves_it_in_the_state_folder(state: Path) -> None:
    with shown() as screen:
        os.kill(screen.pid, signal.SIGTERM)
        assert screen.end() == 130
    (report,) = state.glob("whotop-*.txt")
    assert "web-01: alice" in report.read_text()
    assert report.stat().st_mode & 0o777 == 0o600


def test_sighup_with_a_terminal_reads_the_configuration_again_as_the_key_does() -> None:
    with shown() as screen:
        os.kill(screen.pid, signal.SIGHUP)
        screen.until(b"read again")
        screen.press(b"q")
        assert screen.end() == 0


def test_a_crash_leaves_the_report_and_one_line_and_no_values_of_variables(state: Path) -> None:
    with shown("fail") as screen:
        assert screen.end() == 1
        left = screen.after_the_screen()
    assert "alice" in left
    assert "whotop: the screen failed: LookupError in " in left
    assert str(state / "crash.txt") in left.replace("\r\n", "")
    assert "hunter2" not in left
    crash = (state / "crash.txt").read_text()
    assert "batches" in crash
    assert 'LookupError("hunter2")' not in crash


def test_a_crash_is_told_also_where_nothing_can_be_left(state: Path) -> None:
    state.parent.mkdir(parents=True, exist_ok=True)
    state.write_text("a file where the folder would be")
    with shown("fail") as screen:
        assert screen.end() == 1
        left = screen.after_the_screen()
    assert "alice" in left
    assert "whotop: the screen failed: LookupError in " in left
    assert "crash.txt" not in left


def test_where_nothing_can_be_watched_the_screen_ends_with_the_reason() -> None:
    with shown("refuse") as screen:
        assert screen.end() == 1
        assert screen.after_the_screen().rstrip().endswith("whotop: w.db: the disk is full")

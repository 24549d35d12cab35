from __future__ import annotations

import os
import pty
from typing import Any, TextIO, cast

import pytest
from textual.drivers.linux_driver import LinuxDriver

from tests.tui.trial import Trial
from whotop.tui.terminal import Outlet, Terminal


class LostTerminal:
    """Fails as a terminal whose window was closed."""

    def fileno(self) -> int:
        return 2

    def write(self, text: str) -> None:
        raise OSError(5, "Input/output error")

    def flush(self) -> None:
        raise OSError(5, "Input/output error")


def test_who_writes_to_a_lost_terminal_is_not_held_up_by_it() -> None:
    outlet = Outlet(cast("TextIO", LostTerminal()))
    outlet.write("a frame")
    outlet.flush()


@pytest.mark.parametrize(("is_lost", "times"), [(False, 1), (True, 0)])
def test_a_screen_that_goes_on_is_drawn_again_only_where_its_terminal_is_there(
    is_lost: bool, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[Any] = []
    monkeypatch.setattr(LinuxDriver, "_sigcont_application", lambda *_: drawn.append(True))
    far, near = pty.openpty()
    terminal = Terminal.__new__(Terminal)  # its beginning would take the signals of the test's own process
    terminal.fileno = near
    if is_lost:
        os.close(far)
    terminal._sigcont_application()
    os.close(near)
    if not is_lost:
        os.close(far)
    assert len(drawn) == times


def test_the_screen_has_such_a_terminal(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEXTUAL_DRIVER", raising=False)
    assert trial.app.get_driver_class() is Terminal

"""The C# of the Windows probe, run by Mono against a stand-in for the libraries of Windows.

It shows that the probe keeps the protocol, and what it makes of what Windows answers; not what Windows
answers. PowerShell, which compiles it there, is not run.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from pathlib import Path

import pytest

from tests.probe.windows_machine import NOON, WindowsMachine, event, needs_mono
from whotop import probe
from whotop.parse.wts import login_reports
from whotop.wire.messages import Answer, Figures, Goodbye, Request, Sessions, Stop


@needs_mono
def test_it_says_who_it_is(windows: WindowsMachine) -> None:
    windows.say("events", event(7, 12, "2026-11-20T06:58:00.5000000Z"), event(8))
    hello = windows.probe().hello
    assert (hello.version, hello.probe, hello.interpreter) == (1, "windows", "1.0")
    assert hello.boot_id == b"2026-11-20T06:58:00.5000000Z"
    assert hello.os_release.startswith(b'PRETTY_NAME="Windows')
    assert {origin.name: origin.state for origin in hello.origins} == {"wts": "readable", "event log": "readable"}


@needs_mono
def test_a_log_that_it_may_not_read_is_named_with_the_group_that_may(windows: WindowsMachine, tmp_path: Path) -> None:
    (tmp_path / "events").unlink()
    (log,) = (origin for origin in windows.probe().hello.origins if origin.name == "event log")
    assert (log.state, log.group) == ("unreadable", b"Event Log Readers")


@needs_mono
def test_sessions_are_told_when_they_change(windows: WindowsMachine) -> None:
    windows.say("sessions", f"1 0 Console alice CORP {NOON} 0 0.0.0.0")
    running = windows.probe()
    first = login_reports(running.next(Sessions).wts or b"", "ws-07")
    windows.say("sessions", f"1 0 Console alice CORP {NOON} 0 0.0.0.0", f"3 0 RDP-Tcp#4 bob CORP {NOON} 2 10.0.0.3")
    second = login_reports(running.next(Sessions).wts or b"", "ws-07")
    assert [(one.user, one.tty, one.source) for one in first or ()] == [("alice", "wts/1", "")]
    assert [(one.user, one.tty, one.source) for one in second or ()] == [
        ("alice", "wts/1", ""),
        ("bob", "wts/3", "10.0.0.3"),
    ]


@needs_mono
def test_a_terminal_session_is_given_the_id_of_its_logon(windows: WindowsMachine) -> None:
    windows.say("sessions", f"1 0 Console alice CORP {NOON + 5_000_000} 0 0.0.0.0")
    windows.say("logons", f"0x5a3f1 2 1 alice CORP {NOON}", f"0x3e4 5 0 service CORP {NOON}")
    sessions = windows.probe().next(Sessions)
    (alice,) = login_reports(sessions.wts or b"", "ws-07") or []
    assert (alice.session_id, alice.time_us, sessions.left_out) == ("0x5a3f1", 1_795_176_000_000_000, 0)
    assert b"service" not in (sessions.wts or b"")


@needs_mono
def test_without_the_right_to_see_all_logons_the_list_says_that_it_is_not_full(windows: WindowsMachine) -> None:
    windows.say("sessions", f"1 0 Console alice CORP {NOON} 0 0.0.0.0")
    windows.say("logons", f"0x5a3f1 2 1 alice CORP {NOON}")
    windows.say("denied")
    assert windows.probe().next(Sessions).left_out == 1


@needs_mono
def test_figures_come_each_interval(windows: WindowsMachine) -> None:
    windows.say("sessions", f"2 0 Console alice CORP {NOON} 0 0.0.0.0")
    running = windows.probe()
    figures = [running.next(Figures) for _ in range(3)]
    told = json.loads(figures[1].windows)
    assert {name: told[name] for name in ("idle", "kernel", "user", "memory", "available", "inputs")} == {
        "idle": 1400, "kernel": 1600, "user": 400, "memory": 1000, "available": 250,
        "inputs": [[2, NOON + 600_000_000]],
    }  # fmt: skip
    assert figures[0].disks is not None
    assert figures[1].disks is None


@needs_mono
def test_it_does_not_know_how_to_list_processes_and_says_so(windows: WindowsMachine) -> None:
    running = windows.probe()
    running.send(Request(id=7, kind="processes", pid=1))
    answer = running.next(Answer)
    assert (answer.id, answer.error) == (7, b"this probe does not know how")


@needs_mono
def test_it_leaves_when_it_is_asked_to(windows: WindowsMachine) -> None:
    running = windows.probe()
    running.send(Stop())
    assert running.next(Goodbye).reason == b""
    assert running.status() == 0


@needs_mono
def test_it_leaves_when_whotop_has_gone(windows: WindowsMachine) -> None:
    running = windows.probe()
    running.hang_up()
    assert running.status() == 0


@needs_mono
@pytest.mark.parametrize("nonsense", [b"GET / HTTP/1.1\r\n\r\n", bytes(10), b"\0\0\0\2\x44\0\0\0\0\3{}"])
def test_it_ends_when_what_comes_is_no_frame(windows: WindowsMachine, nonsense: bytes) -> None:
    running = windows.probe()
    assert running.process.stdin is not None
    running.process.stdin.write(nonsense)
    assert running.status() == 1
    assert running.complaint().startswith("probe: whotop sent")


def test_the_loader_fits_into_a_command_line_of_windows() -> None:
    assert len(probe.WINDOWS_LOADER) < 8_191


def test_the_loader_takes_no_more_of_standard_input_than_the_source() -> None:
    bootstrap = b64decode(probe.WINDOWS_LOADER.rpartition(" ")[2]).decode("utf-16-le")
    assert "-InputFormat None" in probe.WINDOWS_LOADER
    assert "ReadByte" in bootstrap
    assert "$input" not in bootstrap


def test_the_source_is_a_script_with_the_code_between_its_marks() -> None:
    source = probe.windows_source().decode()
    assert re.search(r"^\$code = @'\nusing System;\n", source, re.MULTILINE)
    assert source.count("\n'@\n") == 1
    assert "#code#" not in source

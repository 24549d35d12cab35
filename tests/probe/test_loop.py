"""A whole probe on this machine: what it says, and when it ends."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from whotop import probe
from whotop.probe.linux import loop
from whotop.probe.linux.loop import Farewell, Probe
from whotop.wire.messages import (
    Answer,
    Figures,
    Goodbye,
    Hello,
    Request,
    Sessions,
    Start,
    Stop,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the probe is for Linux")


def test_it_greets_with_what_it_is_and_what_it_can_read(running: Any) -> None:
    hello = running.next(Hello)
    assert hello.probe == "linux"
    assert hello.boot_id == Path("/proc/sys/kernel/random/boot_id").read_bytes().strip()
    assert hello.hostname == os.uname().nodename.encode()
    assert [origin.name for origin in hello.origins] == [
        "logind",
        "utmp",
        "wtmp",
        "btmp",
        "wtmpdb",
        "lastlog",
        "journal",
        "auth.log",
    ]


def test_it_names_its_ancestors_from_its_parent_on(running: Any) -> None:
    assert running.next(Hello).ancestors[:2] == (os.getpid(), os.getppid())


def test_it_tells_all_sessions_at_once(running: Any) -> None:
    assert running.next(Sessions).boot_id == Path("/proc/sys/kernel/random/boot_id").read_bytes().strip()


def test_figures_come_again_and_again_with_what_is_in_proc(running: Any) -> None:
    first, second = running.next(Figures), running.next(Figures)
    assert first.stat.startswith(b"cpu ")
    assert first.meminfo.startswith(b"MemTotal: ")
    assert first.disks is not None
    assert second.disks is None
    assert second.clock_us > first.clock_us


def test_a_request_is_answered_with_the_processes_below_a_process(running: Any) -> None:
    running.next(Hello)
    running.send(Request(id=7, kind="processes", pid=running.process.pid))
    answer = running.next(Answer)
    assert answer.id == 7
    assert len(answer.processes) == 1
    assert answer.processes[0].stat.startswith(b"%d (" % running.process.pid)
    assert b"-I\0-S\0-B\0" in answer.processes[0].cmdline


def test_a_request_that_it_does_not_know_is_answered_with_an_error(running: Any) -> None:
    running.next(Hello)
    running.send(Request(id=8, kind="reboot"))
    assert running.next(Answer).error == b"this probe does not know how"


def test_it_ends_when_whotop_hangs_up(running: Any) -> None:
    running.next(Figures)
    running.hang_up()
    assert running.next(Goodbye) == Goodbye()
    assert running.status() == 0


def test_it_ends_when_whotop_says_stop(running: Any) -> None:
    running.next(Hello)
    running.send(Stop())
    assert running.next(Goodbye) == Goodbye()
    assert running.status() == 0


def test_it_ends_when_nobody_reads_any_more(running: Any) -> None:
    running.next(Hello)
    running.process.stdout.close()
    assert running.status() == 0


def test_it_ends_when_whotop_dies_before_it_has_begun() -> None:
    ended = subprocess.run(["sh", "-c", probe.LOADER], input=b"", capture_output=True, check=False)
    assert ended.returncode != 0
    assert ended.stdout == b""


def test_it_refuses_what_is_no_frame_with_one_line(running: Any) -> None:
    running.next(Hello)
    running.write(b"GET / HTTP/1.0\r\n\r\n")
    assert running.status() == 1
    assert running.complaint() == "probe: whotop sent a frame that this probe does not know\n"


def test_a_second_start_changes_nothing(running: Any) -> None:
    running.next(Hello)
    running.send(Start(nonce="00"))
    running.next(Figures)


def test_it_gives_way_to_other_work(running: Any) -> None:
    running.next(Hello)
    stat = Path(f"/proc/{running.process.pid}/stat").read_text("latin-1")
    assert int(stat.rsplit(")", 1)[1].split()[16]) >= 10


def test_no_shell_remains_beside_it(running: Any) -> None:
    running.next(Hello)
    assert b"whotop-probe" not in Path(f"/proc/{running.process.pid}/cmdline").read_bytes()
    assert Path(f"/proc/{running.process.pid}/exe").resolve().name.startswith("python")


@pytest.mark.parametrize("shell", ["sh", "bash", "dash", "zsh", "ksh", "csh", "tcsh", "fish", "busybox"])
def test_it_starts_from_any_login_shell(shell: str, start: Callable[[list[str]], Any]) -> None:
    path = shutil.which(shell)
    if path is None:
        pytest.skip(f"there is no {shell} here")
    command = [path, "sh"] if shell == "busybox" else [path]
    running = start([*command, "-c", probe.LOADER])
    running.next(Figures)
    assert Path(f"/proc/{running.process.pid}/exe").resolve().name.startswith("python")


def test_a_machine_without_python_says_so_with_a_status_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "sh").symlink_to("/bin/sh")
    ended = subprocess.run(
        ["/bin/sh", "-c", probe.LOADER], env={"PATH": str(tmp_path)}, input=b"", capture_output=True, check=False
    )
    assert ended.returncode == probe.NO_PYTHON_STATUS
    assert ended.stderr == b"no Python 3.6 or later\n"


def test_it_ends_when_its_parent_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    orphan = Probe(-1, -1, b"")
    monkeypatch.setattr(os, "getppid", lambda: 1)
    with pytest.raises(Farewell, match="its parent has ended"):
        orphan._look()


def test_what_comes_to_be_readable_is_told_once(written: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"name": "btmp", "path": "L3Zhci9sb2cvYnRtcA==", "state": "unreadable"}
    monkeypatch.setattr(loop, "origin_reports", lambda: [dict(told)])
    monkeypatch.setattr(loop, "FrameWriter", lambda _: written)
    watching = Probe(-1, -1, b"")
    watching._greet()
    watching._tell_origins()
    told["state"] = "readable"
    watching._tell_origins()
    watching._tell_origins()
    assert [message["origins"][0]["state"] for message in written.messages] == ["unreadable", "readable"]

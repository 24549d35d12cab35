"""The shell's probe under every shell that is installed here, on machines that the test makes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.probe.shell_probe import Begin, RunningShell, ShellMachine, installed, record
from whotop import probe
from whotop.wire.messages import (
    Answer,
    Figures,
    Goodbye,
    Hello,
    Request,
    Sessions,
    Stop,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="its rig is Linux")

FILE = "# private\nUID=1000\nUSER=anna\nACTIVE=1\nSTATE=active\nTTY=pts/0\nLEADER=4242\nPOSITION=0\nREALTIME=5\n"


# --- under every shell ---------------------------------------------------------------------------


def test_it_greets_with_what_it_is(shell: str, begin: Begin) -> None:
    hello = begin(shell).next(Hello)
    assert hello.probe == "posix"
    assert hello.boot_id == Path("/proc/sys/kernel/random/boot_id").read_bytes().strip()
    assert hello.hostname == os.uname().nodename.encode()
    assert (hello.kernel, hello.architecture) == (os.uname().release.encode(), os.uname().machine.encode())
    assert hello.os_release == Path("/etc/os-release").read_bytes()[:4096]
    assert hello.zone == time.strftime("%z").encode()
    assert (hello.cpu_count, hello.clock_ticks, hello.uid) == (os.cpu_count(), os.sysconf("SC_CLK_TCK"), os.getuid())


def test_figures_come_again_and_again_with_what_is_in_proc(shell: str, begin: Begin) -> None:
    running = begin(shell)
    first, second = running.next(Figures), running.next(Figures)
    assert first.stat.startswith(b"cpu ")
    assert first.meminfo.startswith(b"MemTotal: ")
    assert b"\nSwapFree: " in first.meminfo
    assert len(first.loadavg.split()) == 5
    assert len(first.uptime.split()) == 2
    assert first.disks is not None
    assert second.disks is None
    assert second.clock_us > first.clock_us


def test_a_session_that_begins_and_one_that_ends_are_told(shell: str, machine: ShellMachine, begin: Begin) -> None:
    machine.session("1", FILE)
    running = begin(shell)
    assert [one.id for one in running.next(Sessions).logind or ()] == [b"1"]
    machine.session("c2", FILE.replace("anna", "bert"))
    second = running.next(Sessions)
    assert [one.id for one in second.logind or ()] == [b"1", b"c2"]
    (machine.sessions / "1").unlink()
    assert [one.id for one in running.next(Sessions).logind or ()] == [b"c2"]


def test_the_records_are_sent_as_they_are_in_pieces(shell: str, machine: ShellMachine, begin: Begin) -> None:
    written = b"".join(record(number) for number in range(320))
    machine.wtmp.write_bytes(written)
    running = begin(shell)
    running.read_on()
    pieces = [running.next_records() for _ in range(3)]
    assert b"".join(piece.data for piece in pieces) == written
    assert all(piece.first_contact for piece in pieces)
    with machine.wtmp.open("ab") as file:
        file.write(record(320) + record(321)[:100])
    news = running.next_records()
    assert (news.data, news.first_contact, news.backlog) == (record(320), False, False)


def test_it_ends_when_whotop_says_stop_and_leaves_nothing_behind(shell: str, begin: Begin) -> None:
    running = begin(shell)
    running.next(Figures)
    running.send(Stop())
    assert running.next(Goodbye) == Goodbye()
    assert running.status() == 0
    assert running.complaint() == ""
    assert running.left_behind() == []


def test_it_ends_when_whotop_hangs_up_and_leaves_nothing_behind(shell: str, begin: Begin) -> None:
    running = begin(shell)
    running.next(Figures)
    running.hang_up()
    assert running.next(Goodbye) == Goodbye()
    assert running.status() == 0
    assert running.left_behind() == []


def test_it_ends_when_nobody_reads_any_more(shell: str, begin: Begin) -> None:
    running = begin(shell)
    running.next(Hello)
    assert running.process.stdout is not None
    running.process.stdout.close()
    running.status()
    running.hang_up()


def test_hostile_session_files_run_nothing_and_break_no_frame(
    shell: str, machine: ShellMachine, begin: Begin, tmp_path: Path
) -> None:
    trap = tmp_path / "trapped"
    machine.session("1", f"USER=$(touch {trap})\\`touch {trap}`\nTTY=%s%n\\\\\nLEADER=1;touch {trap}\n")
    machine.session("2", "USER=\xff\xff\xff\xff\xff\xff\xff\xff\xff\n")
    machine.session("3", "USER=" + "x" * 100_000 + "\nUID=3\n")
    machine.session(f"$(touch {trap.name})", FILE)
    machine.session("a b", FILE)
    machine.session("a\nb", FILE)
    machine.session("4", "USER=no end of line")
    os.mkfifo(machine.sessions / "5")
    os.mkfifo(machine.sessions / "1.ref")
    (machine.sessions / "6").symlink_to("/nonexistent")
    (machine.sessions / "7").mkdir()
    files = {one.id: one.data for one in begin(shell).next(Sessions).logind or ()}
    assert set(files) == {b"1", b"2", b"3", b"4"}
    assert files[b"1"].rstrip() == (machine.sessions / "1").read_bytes().rstrip()
    assert files[b"2"].strip() == b""
    assert files[b"3"].rstrip() == b"UID=3"
    assert files[b"4"].rstrip() == b"USER=no end of line"
    assert not trap.exists()
    assert not Path(trap.name).exists()


# --- once is enough ------------------------------------------------------------------------------


def test_what_a_login_shell_prints_before_it_does_no_harm(begin: Begin) -> None:
    assert begin(before="echo welcome; printf whotop-probe; ").next(Hello).version == 1


def test_utmp_is_sent_as_it_is(machine: ShellMachine, begin: Begin) -> None:
    machine.utmp.write_bytes(record(1) + record(2))
    running = begin()
    assert running.next(Sessions).utmp == record(1) + record(2)
    os.truncate(machine.utmp, len(record(1)))
    assert running.next(Sessions).utmp == record(1)


def test_where_neither_logind_nor_utmp_tells_of_sessions_the_processes_do(begin: Begin) -> None:
    sessions = begin().next(Sessions)
    assert (sessions.logind, sessions.utmp, sessions.who) == (None, None, None)
    assert sessions.proc is not None


def test_an_empty_utmp_is_no_answer(machine: ShellMachine, begin: Begin) -> None:
    machine.utmp.touch()
    sessions = begin().next(Sessions)
    assert sessions.utmp is None
    assert sessions.proc is not None


def test_an_empty_folder_that_a_logind_keeps_means_nobody(machine: ShellMachine, begin: Begin) -> None:
    machine.sessions.mkdir(parents=True)
    (machine.sessions.parent / "system").mkdir()
    assert begin().next(Sessions).logind == ()


def test_its_origins_are_told_with_what_opens_them(machine: ShellMachine, begin: Begin) -> None:
    machine.wtmp.touch()
    os.utime(machine.wtmp, (1_700_000_000, 1_700_000_000))
    origins = {origin.name: origin for origin in begin().next(Hello).origins}
    assert list(origins) == ["logind", "utmp", "wtmp", "btmp"]
    assert origins["wtmp"].state == "readable"
    assert origins["wtmp"].path == os.fsencode(machine.wtmp)
    assert origins["wtmp"].changed_us == 1_700_000_000_000_000
    assert origins["btmp"].state == "absent"


def test_a_request_is_answered_with_the_processes_below_a_process(shell: str, begin: Begin) -> None:
    running = begin(shell)
    running.next(Hello)
    running.send(Request(id=7, kind="processes", pid=running.process.pid))
    answer = running.next(Answer)
    assert (answer.id, answer.error) == (7, b"")
    assert answer.processes[0].stat.startswith(b"%d (" % running.process.pid)
    assert b"\0-c\0" in answer.processes[0].cmdline
    assert len(answer.uptime.split()) == 2


def test_a_process_that_has_gone_has_no_processes_below_it(begin: Begin) -> None:
    running = begin("bash")
    running.next(Hello)
    running.send(Request(id=9, kind="processes", pid=2**31 - 1))
    assert running.next(Answer).processes == ()


def test_a_request_that_it_does_not_know_is_answered_with_an_error(begin: Begin) -> None:
    running = begin()
    running.next(Hello)
    running.send(Request(id=8, kind="reboot"))
    assert running.next(Answer).error == b"this probe does not know how"


def test_it_refuses_a_line_that_it_does_not_know(begin: Begin) -> None:
    running = begin("bash")
    running.next(Hello)
    running.write(b"$(reboot)\n")
    assert running.status() == 1
    assert running.complaint() == "probe: whotop sent a line that this probe does not know\n"


def test_it_gives_way_to_other_work(begin: Begin) -> None:
    running = begin("bash")
    running.next(Hello)
    stat = Path(f"/proc/{running.process.pid}/stat").read_text("latin-1")
    assert int(stat.rsplit(")", 1)[1].split()[16]) >= 10


@pytest.mark.skipif("busybox" not in installed(), reason="there is no BusyBox here")
@pytest.mark.parametrize("missing", [(), ("stat",), ("base64",), ("base64", "uuencode"), ("od",), ("sha256sum",)])
def test_a_busybox_with_little_in_it_is_enough(
    missing: tuple[str, ...], machine: ShellMachine, begin: Begin, tmp_path: Path
) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    subprocess.run(["busybox", "--install", "-s", str(folder)], check=True)
    for name in missing:
        (folder / name).unlink()
    machine.session("1", FILE)
    machine.wtmp.write_bytes(record(1))
    source = machine.source.replace(b"/usr/bin:/bin:/usr/sbin:/sbin", b"/nonexistent")
    running = RunningShell("busybox", source, environment={"PATH": str(folder)})
    try:
        assert running.next(Hello).hostname == os.uname().nodename.encode()
        assert [one.data for one in running.next(Sessions).logind or ()] != []
        assert running.next(Figures).stat.startswith(b"cpu ")
        running.read_on()
        assert running.next_records().data == record(1)
    finally:
        running.close()


def test_what_is_sent_to_a_machine_is_ascii_and_small() -> None:
    source = probe.posix_source()
    assert source.isascii()
    assert len(source) < 40_000
    assert b"\n#" not in source


NOT_MEANT = {
    "SC1007": "a=  b= is how several variables are emptied",
    "SC2046": "words are split on purpose; nothing is expanded as a pattern (set -f)",
    "SC2059": "the format is made of octal escapes",
    "SC2086": "as SC2046",
    "SC2015": "the last of them ends the function",
    "SC2034": "read by eval",
    "SC2154": "set by eval",
    "SC2209": "the word is meant, not what a program of that name prints",
    "SC3028": "asked for where it is a bash",
    "SC3045": "tried before it is used, or no harm where it fails",
}


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="there is no shellcheck here")
def test_shellcheck_finds_nothing_but_what_is_meant(tmp_path: Path) -> None:
    joined = tmp_path / "posix.sh"
    joined.write_bytes(b"#!/bin/sh\n" + probe.posix_source())
    excluded = ",".join(NOT_MEANT)
    checked = subprocess.run(
        ["shellcheck", "--shell=sh", "--severity=warning", f"--exclude={excluded}", str(joined)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.stdout == ""

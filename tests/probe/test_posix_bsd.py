"""The shell's probe among programs that answer as FreeBSD's do: stand-ins, because no such machine is at hand."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.probe.shell_probe import RunningShell, ShellMachine, installed
from whotop.parse import proc
from whotop.wire.messages import Figures, Goodbye, Hello, Sessions, Stop

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="its stand-ins are for Linux")

WHO = b"alice    pts/0        Nov 22 00:23 (10.0.0.7)\nroot     ttyv0        Nov 21 08:00 \n"
PROGRAMS = {
    "uname": 'echo "FreeBSD bsd-01 14.1-RELEASE amd64"',
    "date": 'case $1 in +%N) echo N ;; +%z) echo +0100 ;; *) exec /bin/date "$@" ;; esac',
    "sysctl": """
case $1 in -n) ;; *) printf 'kern.cp_time: 1000 0 500 100 8400\\nkern.boottime: { sec = 1700000000, usec = 1 } Tue\\n'
    printf 'vm.loadavg: { 0.52 0.61 0.70 }\\nhw.physmem: 8589934592\\nhw.pagesize: 4096\\nhw.ncpu: 4\\n'
    printf 'vm.stats.vm.v_free_count: 1048576\\n'; echo 'sysctl: unknown oid' >&2; exit 1 ;; esac
case $2 in kern.boottime) echo '{ sec = 1700000000, usec = 123456 } Tue Nov 14 22:13:20 2023' ;;
    hw.ncpu) echo 4 ;; *) echo unknown oid >&2; exit 1 ;; esac""",
    "getconf": 'echo "no such thing" >&2; exit 1',
    "nproc": "exit 127",
    "who": "cat {who}",
    "df": "printf 'Filesystem 1024-blocks Used Avail Capacity Mounted on\\n/dev/ada0p2 1000 400 500 45%% /\\n"
    "devfs 1 1 0 100%% /dev\\n/dev/ada0p4 10 1 9 10%% /usr/my home\\n'",
    "swapinfo": "printf 'Device 1K-blocks Used Avail Capacity\\n/dev/ada0p3 2097152 524288 1572864 25%%\\n'",
    "netstat": "printf 'Name Mtu Network Address Ipkts Ierrs Idrop Ibytes Opkts Oerrs Obytes Coll\\n"
    "em0 1500 <Link#1> 08:00:27:aa:bb:cc 1 0 0 5000 1 0 1000 0\\n'",
    "stat": """
[ "$1" != -L ] || shift
[ "$1" = -f ] || {{ echo "stat: illegal option -- c" >&2; exit 1; }}
case $2 in
%a) echo 5 ;;
'%N %a %u') shift 2; for one; do echo "$one 1700000005 1001"; done ;;
*) echo 1700000005 ;;
esac""",
}


@pytest.fixture(params=[name for name in ("dash", "bash", "busybox") if name in installed()])
def running(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RunningShell]:
    """A probe whose programs are FreeBSD's."""
    machine = ShellMachine(tmp_path)
    who = tmp_path / "who.txt"
    who.write_bytes(WHO)
    (tmp_path / "run/utx.active").touch()
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, text in PROGRAMS.items():
        program = folder / name
        program.write_text("#!/bin/sh\n" + text.replace("{who}", str(who)).replace("{{", "{").replace("}}", "}") + "\n")
        program.chmod(0o755)
    environment = {"PATH": f"{folder}:{os.environ['PATH']}"}
    source = machine.source.replace(b"/proc/uptime", b"/nonexistent")
    started = RunningShell(str(request.param), source, environment=environment)
    yield started
    started.close()


def test_it_greets_as_what_it_is(running: RunningShell) -> None:
    hello = running.next(Hello)
    assert (hello.hostname, hello.kernel, hello.architecture) == (b"bsd-01", b"14.1-RELEASE", b"amd64")
    assert hello.boot_id == b"{ sec = 1700000000, usec = 123456 } Tue Nov 14 22:13:20 2023"
    assert hello.boot_us == 1_700_000_000_000_000
    assert hello.zone == b"+0100"
    assert hello.cpu_count == 4
    assert [(origin.name, origin.state) for origin in hello.origins] == [("who", "readable")]


def test_who_tells_the_sessions_and_the_terminals(running: RunningShell) -> None:
    sessions = running.next(Sessions)
    assert sessions.who == WHO.rstrip(b"\n")
    assert (sessions.logind, sessions.utmp, sessions.proc) == (None, None, None)
    assert {terminal.accessed_us for terminal in sessions.terminals} <= {1_700_000_005_000_000}


def test_it_goes_on_until_it_is_told_to_stop(running: RunningShell) -> None:
    for _ in range(3):
        running.next(Figures)
    running.send(Stop())
    running.next(Goodbye)
    assert running.status() == 0


def test_its_figures_become_a_sample(running: RunningShell) -> None:
    figures = running.next(Figures)
    sample = proc.sample("bsd-01", None, proc.reading(figures, None), figures.clock_us)
    assert (sample.load1, sample.memory_percent, sample.swap_percent) == (0.52, 50.0, 25.0)
    assert sample.memory_total_bytes == 8 * 2**30
    assert [(disk.mount, disk.size_bytes, disk.available_bytes) for disk in sample.disks] == [
        ("/", 1_024_000, 512_000),
        ("/usr/my home", 10_240, 9_216),
    ]

"""What the probe allows itself: it gives way, looks more seldom when that costs too much, and ends before it harms."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from typing import Any

import pytest

from whotop.probe.linux import limits, loop
from whotop.probe.linux.files import KeptFile
from whotop.probe.linux.limits import MEMORY_BYTES, SLOWEST_PACE, Limits, TooLarge
from whotop.probe.linux.loop import Probe
from whotop.wire.messages import Figures, Hello

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the probe is for Linux")


class Machine:
    """What the limits see of their process, as the test wants it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.spent_seconds = 0.0
        self.occupied_bytes = 10_000_000
        self.timers: dict[int, float] = {}
        monkeypatch.setattr(time, "process_time", lambda: self.spent_seconds)
        monkeypatch.setattr(signal, "setitimer", self.timers.__setitem__)
        monkeypatch.setattr(KeptFile, "read", lambda _: b"1 %d 0" % (self.occupied_bytes // 4096))
        monkeypatch.setattr(limits, "BYTES_A_PAGE", 4096)
        self.limits = Limits()
        self._now = 1_000.0
        self.limits.check(self._now)

    def minutes(self, count: int, *, cpu_share: float) -> int:
        """Let minutes pass in which the probe takes so much of a core; the pace after them."""
        for _ in range(count * 2):
            self._now += 30.0
            self.spent_seconds += 30.0 * cpu_share
            self.limits.check(self._now)
        return self.limits.pace


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(monkeypatch)


def test_a_cheap_probe_keeps_its_pace(machine: Machine) -> None:
    assert machine.minutes(5, cpu_share=0.01) == 1


def test_one_that_takes_over_two_percent_for_a_minute_looks_half_as_often(machine: Machine) -> None:
    assert machine.minutes(1, cpu_share=0.03) == 2
    assert machine.minutes(1, cpu_share=0.03) == 4


def test_there_is_a_slowest_pace(machine: Machine) -> None:
    assert machine.minutes(20, cpu_share=1.0) == SLOWEST_PACE


def test_it_looks_as_often_as_before_once_that_costs_little(machine: Machine) -> None:
    machine.minutes(2, cpu_share=0.03)
    assert machine.minutes(2, cpu_share=0.001) == 1


def test_one_that_has_grown_too_large_ends(machine: Machine) -> None:
    machine.occupied_bytes = MEMORY_BYTES + 4096
    with pytest.raises(TooLarge):
        machine.minutes(1, cpu_share=0.0)


def test_both_timers_are_wound_up_at_each_check(machine: Machine) -> None:
    machine.timers.clear()
    machine.minutes(1, cpu_share=0.0)
    assert set(machine.timers) == {signal.ITIMER_REAL, signal.ITIMER_PROF}


def test_a_running_probe_has_its_limits(running: Any) -> None:
    running.next(Figures)
    pid = running.process.pid
    assert resource.prlimit(pid, resource.RLIMIT_CORE) == (0, 0)
    assert resource.prlimit(pid, resource.RLIMIT_DATA) == (MEMORY_BYTES, MEMORY_BYTES)
    assert os.getpriority(os.PRIO_PROCESS, pid) >= 10


def test_a_running_probe_ends_on_a_hang_up_signal(running: Any) -> None:
    running.next(Hello)
    running.process.send_signal(signal.SIGHUP)
    assert running.status() == -signal.SIGHUP


ENDLESS = "import signal; signal.setitimer(signal.ITIMER_%s, 0.05)\nwhile True: %s"


@pytest.mark.parametrize(("timer", "does", "ends_by"), [("PROF", "pass", 27), ("REAL", "os.read(0, 1)", 14)])
def test_the_timers_end_a_process_that_comes_back_to_nothing(timer: str, does: str, ends_by: int) -> None:
    read_end, write_end = os.pipe()
    program = "import os; " + ENDLESS % (timer, does)
    ended = subprocess.run([sys.executable, "-I", "-S", "-c", program], stdin=read_end, check=False)
    os.close(read_end)
    os.close(write_end)
    assert ended.returncode == -ends_by


@pytest.mark.parametrize("trouble", [TooLarge, MemoryError])
def test_one_that_needs_too_much_memory_says_so_and_ends_with_a_status_of_its_own(
    monkeypatch: pytest.MonkeyPatch, trouble: type[Exception]
) -> None:
    said: list[str] = []

    def run(_: Probe) -> None:
        raise trouble

    monkeypatch.setattr(loop, "be_modest", lambda: None)
    monkeypatch.setattr(Probe, "run", run)
    monkeypatch.setattr(Probe, "say_goodbye", lambda _, reason: said.append(reason))
    assert loop.run_probe(-1, -1, b"") == 75
    assert said == ["it needs more than 64 MB of memory"]

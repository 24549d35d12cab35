"""What ``whotop check`` says of machines that are in trouble, each beside one that is well."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import pytest

from tests.collect.fake_machine import FakeProbe, MachineMaker, Script, greet_and_stay
from tests.collect.home import Home
from tests.collect.test_failures import forced_command, no_python, nologin, nothing, speaks_garbage, syntax_error
from tests.hello import HELLO
from whotop.clock import SECOND_US, SystemClock
from whotop.core.check import MachineCheck, Result, Step, checked
from whotop.model import Target
from whotop.monitor.opening import WatchSettings
from whotop.monitor.poll import poll_once
from whotop.wire.messages import Cursor, Figures, FileIdentity, OriginReport, Records

DAY_SECONDS = 86_400


@dataclass
class Checked:
    """The check of all machines, by name."""

    checks: dict[str, MachineCheck]

    def fault(self, name: str) -> tuple[Step, Result, str]:
        step = self.checks[name].faults[0]
        return step.step, step.result, step.text


async def check(home: Home, *targets: Target) -> Checked:
    settings = WatchSettings(collect=home.settings(hello_seconds=10.0))
    fleet = await poll_once(targets, settings, SystemClock(), history_bytes=12_288)
    return Checked({target.name: checked(fleet.machines[target.name]) for target in targets})


def figures(clock_us: int, ticks: int) -> Figures:
    return Figures(clock_us=clock_us, stat=b"cpu %d 0 0 %d 0 0 0 0 0 0" % (ticks, ticks * 3), uptime=b"1000.00 0.00")


async def is_well(far: FakeProbe, ahead_seconds: float = 0.0, *more: Records) -> None:
    """A machine that answers as one that works does, with its clock so far ahead."""
    now_us = SystemClock().now_us() + round(ahead_seconds * SECOND_US)
    start = await far.start()
    far.answer(start)
    wtmp = OriginReport(name="wtmp", path=b"/var/log/wtmp", state="readable")
    utmp = OriginReport(name="utmp", path=b"/run/utmp", state="readable")
    far.send(msgspec.structs.replace(HELLO, clock_us=now_us, origins=(utmp, wtmp)))
    far.send(*more, figures(now_us, 1_000), figures(now_us + SECOND_US, 1_100))
    while True:
        await far.received()


async def has_a_clock_far_off(far: FakeProbe) -> None:
    await is_well(far, -3 * DAY_SECONDS)


async def keeps_a_corrupt_wtmp(far: FakeProbe) -> None:
    cursor = Cursor(file=FileIdentity(device=1, inode=1, head=b""), offset=3_840, tail=b"")
    nonsense = b"\xfe\x01\x80" * 1_280
    piece = Records(clock_us=1, origin="wtmp", data=nonsense, start=0, cursor=cursor, first_contact=True)
    await is_well(far, 0.0, piece)


@pytest.mark.parametrize(
    ("script", "step", "result", "text"),
    [
        (no_python, Step.PROBE, Result.FAULT, "no Python 3.6 or later"),
        (syntax_error, Step.PROBE, Result.FAULT, "SyntaxError: invalid syntax"),
        (forced_command, Step.PROBE, Result.FAULT, "a forced command?"),
        (nologin, Step.PROBE, Result.FAULT, "its shell is nologin"),
        (nothing, Step.PROBE, Result.FAULT, "closed without a word"),
        (speaks_garbage, Step.PROBE, Result.FAULT, "a frame of unknown type"),
        (has_a_clock_far_off, Step.CLOCK, Result.WARNING, "-2591"),
        (keeps_a_corrupt_wtmp, Step.ORIGINS, Result.WARNING, "corrupt: /var/log/wtmp"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
async def test_each_trouble_is_named_and_the_others_are_checked(
    machines: MachineMaker, home: Home, script: Script, step: Step, result: Result, text: str
) -> None:
    troubled, well = await machines(script), await machines(is_well)
    home.trust(troubled.known_hosts_line(), well.known_hosts_line())
    found = await check(home, troubled.target("troubled"), well.target("well"))
    faults = [fault for fault in found.checks["troubled"].faults if fault.step is step]
    assert [fault.result for fault in faults] == [result]
    assert text in faults[0].text
    assert faults[0].text.isprintable()
    assert found.checks["well"].is_reached


async def test_a_changed_host_key_is_a_fault_of_its_own_step(machines: MachineMaker, home: Home) -> None:
    machine, other = await machines(greet_and_stay), await machines(greet_and_stay, algorithm="ecdsa-sha2-nistp256")
    home.trust(f"[127.0.0.1]:{machine.port} {other.key.export_public_key().decode()}\n")
    found = await check(home, machine.target("web"))
    step, result, text = found.fault("web")
    assert (step, result) == (Step.HOST_KEY, Result.FAULT)
    assert text.startswith("HOST KEY CHANGED")

from __future__ import annotations

import pytest
from msgspec.structs import replace

from whotop.core.check import MachineCheck, Result, Step, StepResult, checked
from whotop.model import Machine, MachineState, Origin, OriginStatus, Readability, Trouble

WELL = Machine(
    name="web-01",
    address="ops@web-01",
    state=MachineState.UP,
    interpreter="Python 3.11.2",
    sealed=True,
    sessions_known=True,
    failures_known=True,
    origins=(
        OriginStatus(origin=Origin.LOGIND, path="/run/systemd/sessions", readability=Readability.READABLE, used=True),
        OriginStatus(origin=Origin.BTMP, path="/var/log/btmp", readability=Readability.READABLE, used=True),
    ),
)


def step(check: MachineCheck, wanted: Step) -> StepResult:
    return next(one for one in check.steps if one.step is wanted)


def test_every_step_is_told_once_and_in_order() -> None:
    assert [one.step for one in checked(WELL).steps] == list(Step)


def test_a_machine_that_is_well_has_no_faults() -> None:
    check = checked(WELL)
    assert check.is_reached
    assert check.faults == ()
    assert step(check, Step.ORIGINS).text == "logind, btmp"
    assert step(check, Step.SEALING).text == "sealed"


@pytest.mark.parametrize(
    ("trouble", "fails_at"),
    [
        (Trouble.UNREACHABLE, Step.REACH),
        (Trouble.HOST_KEY, Step.HOST_KEY),
        (Trouble.AUTHENTICATION, Step.AUTHENTICATION),
        (Trouble.PROBE, Step.PROBE),
        (Trouble.PROTOCOL, Step.PROBE),
        (None, Step.REACH),
    ],
)
def test_what_comes_before_the_fault_was_well_and_what_comes_after_was_not_tried(
    trouble: Trouble | None, fails_at: Step
) -> None:
    check = checked(replace(WELL, state=MachineState.DOWN, reason="so it is", trouble=trouble))
    place = list(Step).index(fails_at)
    assert [one.result for one in check.steps[:place]] == [Result.OK] * place
    assert check.steps[place] == StepResult(fails_at, Result.FAULT, "so it is")
    assert {one.result for one in check.steps[place + 1 :]} == {Result.UNTRIED}
    assert not check.is_reached


def test_a_machine_that_has_not_answered_says_so() -> None:
    check = checked(replace(WELL, state=MachineState.CONNECTING, reason=""))
    assert step(check, Step.REACH).text == "no answer in time"


def test_failed_logins_that_nobody_may_read_are_told_with_what_opens_them() -> None:
    shut = OriginStatus(
        origin=Origin.BTMP, path="/var/log/btmp", readability=Readability.UNREADABLE, mend="join group utmp"
    )
    check = checked(replace(WELL, failures_known=False, origins=(shut,)))
    assert check.is_reached
    assert step(check, Step.FAILURES) == StepResult(
        Step.FAILURES,
        Result.WARNING,
        "cannot tell: /var/log/btmp may not be read",
        "join group utmp, or set sudo = true",
    )


def test_a_machine_without_any_origin_of_sessions_cannot_tell() -> None:
    check = checked(replace(WELL, sessions_known=False, origins=()))
    assert step(check, Step.SESSIONS) == StepResult(
        Step.SESSIONS, Result.WARNING, "cannot tell: no origin of them is there"
    )


def test_where_even_processes_are_hidden_that_is_why_nobody_can_tell() -> None:
    proc = OriginStatus(origin=Origin.PROC, path="", readability=Readability.READABLE, used=True)
    check = checked(replace(WELL, sessions_known=False, origins=(proc,)))
    assert step(check, Step.SESSIONS) == StepResult(
        Step.SESSIONS, Result.WARNING, "cannot tell: processes of others are hidden (hidepid)", "set sudo = true"
    )
    assert step(check, Step.ORIGINS).text == "no origin of logins"


def test_on_windows_there_is_no_sudo() -> None:
    shut = OriginStatus(
        origin=Origin.EVENT_LOG,
        path="Security",
        readability=Readability.UNREADABLE,
        mend="join group Event Log Readers",
    )
    check = checked(replace(WELL, failures_known=False, origins=(shut,)))
    assert step(check, Step.FAILURES).mend == "join group Event Log Readers"


def test_a_sudo_that_was_refused_is_not_advised_again() -> None:
    shut = OriginStatus(
        origin=Origin.BTMP, path="/var/log/btmp", readability=Readability.UNREADABLE, mend="set sudo = true"
    )
    check = checked(replace(WELL, failures_known=False, origins=(shut,), start_note="sudo -n is refused"))
    assert step(check, Step.FAILURES).mend == ""


def test_processes_are_named_where_they_are_what_tells() -> None:
    proc = OriginStatus(origin=Origin.PROC, path="", readability=Readability.READABLE, used=True)
    assert step(checked(replace(WELL, origins=(proc,))), Step.SESSIONS).text == "proc"


@pytest.mark.parametrize(("skew_us", "text"), [(-40_000, "agrees"), (300_000, "+0.3 s"), (-1_900_000, "-1.9 s")])
def test_how_far_a_clock_is_off_is_told_in_tenths(skew_us: int, text: str) -> None:
    assert step(checked(replace(WELL, skew_us=skew_us)), Step.CLOCK).text == text


@pytest.mark.parametrize(("skew_us", "result"), [(-1_900_000, Result.OK), (2_000_000, Result.WARNING)])
def test_a_clock_that_is_off_by_two_seconds_is_worth_a_line(skew_us: int, result: Result) -> None:
    assert step(checked(replace(WELL, skew_us=skew_us)), Step.CLOCK).result is result


def test_a_probe_that_was_not_started_as_asked_is_worth_a_line() -> None:
    check = checked(replace(WELL, start_note="sudo -n is refused: a password is required"))
    assert step(check, Step.PROBE).result is Result.WARNING
    assert "sudo -n is refused" in step(check, Step.PROBE).text


def test_records_that_make_no_sense_are_named_with_what_mends_them() -> None:
    wtmp = OriginStatus(
        origin=Origin.WTMP, path="/var/log/wtmp", readability=Readability.READABLE, used=True, corrupt=True
    )
    check = checked(replace(WELL, origins=(*WELL.origins, wtmp)))
    assert check.is_reached
    (fault,) = check.faults
    assert (fault.step, fault.text) == (Step.ORIGINS, "logind, btmp, wtmp; corrupt: /var/log/wtmp")
    assert fault.mend.startswith("move it away")

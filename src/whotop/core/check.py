"""What works on a machine and what does not, step by step, and how to mend each fault.

The steps come in the order in which they can fail: a machine that is not reached has shown nothing
of its host key, one whose key is refused nothing of the rest.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from enum import StrEnum

import msgspec

from whotop.clock import SECOND_US
from whotop.model import Machine, MachineState, Origin, Readability, Trouble

WORTH_TELLING_SKEW_US = 2 * SECOND_US
"""As the rule ``skew`` warns."""
MEND_CORRUPT = "move it away and create an empty one, with the same owner and mode"
NO_ANSWER = "no answer in time"
SUDO = "set sudo = true"
"""Opens all that there is on a machine with sudo, by the configuration."""


class Step(StrEnum):
    """What is tried, in this order."""

    REACH = "reachable"
    HOST_KEY = "host key"
    AUTHENTICATION = "authentication"
    PROBE = "interpreter"
    SESSIONS = "sessions"
    FAILURES = "failed logins"
    ORIGINS = "origins"
    CLOCK = "clock"
    SEALING = "sealing"


class Result(StrEnum):
    """How a step went."""

    OK = "ok"
    WARNING = "warning"
    """It works, but less is seen than could be."""
    FAULT = "fault"
    UNTRIED = "not tried"


class StepResult(msgspec.Struct, frozen=True, omit_defaults=True):
    """One step on one machine."""

    step: Step
    result: Result
    text: str = ""
    """What was found, in a few words; safe text."""
    mend: str = ""
    """One line that says how to mend it."""


class MachineCheck(msgspec.Struct, frozen=True):
    """All steps on one machine."""

    machine: str
    address: str
    steps: tuple[StepResult, ...]

    @property
    def is_reached(self) -> bool:
        """Whether it can be watched at all."""
        return all(step.result in (Result.OK, Result.WARNING) for step in self.steps)

    @property
    def faults(self) -> tuple[StepResult, ...]:
        """What is worth a line."""
        return tuple(step for step in self.steps if step.result in (Result.WARNING, Result.FAULT))


_FAILS_AT = {
    Trouble.UNREACHABLE: Step.REACH,
    Trouble.HOST_KEY: Step.HOST_KEY,
    Trouble.AUTHENTICATION: Step.AUTHENTICATION,
    Trouble.PROBE: Step.PROBE,
    Trouble.PROTOCOL: Step.PROBE,
}
SESSION_ORIGINS = (Origin.LOGIND, Origin.UTMP, Origin.WHO, Origin.WTS, Origin.PROC)
FAILURE_ORIGINS = (Origin.BTMP, Origin.JOURNAL, Origin.AUTH_LOG, Origin.EVENT_LOG)


def checked(machine: Machine) -> MachineCheck:
    """Judge a machine by what one poll has found out about it."""
    steps = _passed(machine) if machine.state is MachineState.UP else _failed(machine)
    return MachineCheck(machine.name, machine.address, tuple(steps))


def _failed(machine: Machine) -> Iterator[StepResult]:
    fails_at = _FAILS_AT.get(machine.trouble, Step.REACH) if machine.trouble else Step.REACH
    result = Result.OK
    for step in Step:
        if step is fails_at:
            yield StepResult(step, Result.FAULT, machine.reason or NO_ANSWER)
            result = Result.UNTRIED
        else:
            yield StepResult(step, result)


def _passed(machine: Machine) -> Iterator[StepResult]:
    for step in (Step.REACH, Step.HOST_KEY, Step.AUTHENTICATION):
        yield StepResult(step, Result.OK)
    yield StepResult(Step.PROBE, Result.WARNING if machine.start_note else Result.OK, _started(machine))
    yield _known(Step.SESSIONS, machine, machine.sessions_known, SESSION_ORIGINS)
    yield _known(Step.FAILURES, machine, machine.failures_known, FAILURE_ORIGINS)
    yield _origins(machine)
    yield _clock(machine)
    yield StepResult(Step.SEALING, Result.OK, "sealed" if machine.sealed else "protected by SSH alone")


def _origins(machine: Machine) -> StepResult:
    """What is read there, and what of it makes no sense."""
    corrupt = [status for status in machine.origins if status.corrupt]
    if not corrupt:
        return StepResult(Step.ORIGINS, Result.OK, _read(machine))
    paths = ", ".join(status.path for status in corrupt)
    return StepResult(Step.ORIGINS, Result.WARNING, f"{_read(machine)}; corrupt: {paths}", MEND_CORRUPT)


def _read(machine: Machine) -> str:
    """What is read there; processes that are hidden from us tell nothing."""
    used = [status.origin for status in machine.origins if status.used]
    told = [origin for origin in used if origin is not Origin.PROC or machine.sessions_known]
    return ", ".join(told) or "no origin of logins"


def _started(machine: Machine) -> str:
    return f"{machine.interpreter}; {machine.start_note}" if machine.start_note else machine.interpreter


def _known(step: Step, machine: Machine, is_known: bool, origins: tuple[Origin, ...]) -> StepResult:
    """Whether some origin tells it; where none does, those that could if they were readable."""
    told = [status.origin.value for status in machine.origins if status.used and status.origin in origins]
    if is_known:
        return StepResult(step, Result.OK, ", ".join(told))
    shut = [
        status
        for status in machine.origins
        if status.origin in origins and status.readability is Readability.UNREADABLE
    ]
    reasons = [f"{status.path} may not be read" for status in shut]
    if Origin.PROC in told:
        reasons.append("processes of others are hidden (hidepid)")
    why = ", ".join(reasons) or "no origin of them is there"
    return StepResult(step, Result.WARNING, f"cannot tell: {why}", ", or ".join(mends(machine, origins)))


def mends(machine: Machine, origins: Container[Origin]) -> list[str]:
    """What would make more of these origins readable: one way for each, and being root for all."""
    statuses = [status for status in machine.origins if status.origin in origins]
    shut = [status for status in statuses if status.readability is Readability.UNREADABLE]
    ways = [status.mend for status in shut if status.mend]
    is_hidden = any(status.origin is Origin.PROC and status.used for status in statuses) and not machine.sessions_known
    if is_hidden or any(status.origin is not Origin.EVENT_LOG for status in shut):
        ways.append(SUDO)
    # A note on the start says why being root failed, and how to mend that.
    return [way for way in dict.fromkeys(ways) if way != SUDO or not machine.start_note.startswith("sudo ")]


def _clock(machine: Machine) -> StepResult:
    tenths = round(10 * machine.skew_us / SECOND_US)
    text = f"{tenths / 10:+.1f} s" if tenths else "agrees"
    if abs(machine.skew_us) < WORTH_TELLING_SKEW_US:
        return StepResult(Step.CLOCK, Result.OK, text)
    return StepResult(Step.CLOCK, Result.WARNING, text, "let it keep time by NTP")

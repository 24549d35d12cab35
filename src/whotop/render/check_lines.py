"""What ``whotop check`` prints: a line a machine, its faults below it; or the same as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from whotop.core.check import MachineCheck, Result, Step
from whotop.text import fit

NAME_CELLS = 40
"""Longer names push their line out of the column; it stays a line."""


def check_text(checks: Iterable[MachineCheck]) -> str:
    """For people."""
    checks = list(checks)
    width = min(max((len(check.machine) for check in checks), default=0), NAME_CELLS)
    return "".join(f"{line}\n" for check in checks for line in _lines(check, width))


def check_json(checks: Iterable[MachineCheck]) -> str:
    """For programs: an array of machines, each with its steps."""
    return msgspec.json.format(msgspec.json.encode(list(checks)), indent=2).decode() + "\n"


def _lines(check: MachineCheck, width: int) -> Iterator[str]:
    name = fit(check.machine, width) if len(check.machine) <= width else check.machine
    yield f"{name}  {_summary(check)}"
    for fault in check.faults:
        mend = f" (mend: {fault.mend})" if fault.mend else ""
        yield f"    {fault.step}: {fault.text}{mend}"


def _summary(check: MachineCheck) -> str:
    if not check.is_reached:
        return "fault"
    told = {step.step: step.text for step in check.steps}
    parts = [
        "works" if check.faults else "ok",
        told[Step.PROBE].partition(";")[0],
        told[Step.ORIGINS].partition(";")[0],
        f"clock {told[Step.CLOCK]}",
        told[Step.SEALING],
    ]
    return " · ".join(part for part in parts if part)


def count_line(checks: Iterable[MachineCheck]) -> str:
    """How many of how many can be watched."""
    checks = list(checks)
    reached = sum(check.is_reached for check in checks)
    less = sum(check.is_reached and any(step.result is Result.WARNING for step in check.steps) for check in checks)
    rest = f", {less} of them with something unseen" if less else ""
    return f"{reached} of {len(checks)} machines can be watched{rest}"

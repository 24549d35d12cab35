from __future__ import annotations

import json

from whotop.core.check import MachineCheck, Result, Step, StepResult
from whotop.render.check_lines import check_json, check_text, count_line

WELL = MachineCheck(
    "web-01",
    "ops@web-01",
    (
        StepResult(Step.REACH, Result.OK),
        StepResult(Step.PROBE, Result.OK, "Python 3.11.2"),
        StepResult(Step.ORIGINS, Result.OK, "logind, wtmp"),
        StepResult(Step.CLOCK, Result.OK, "+0.0 s"),
        StepResult(Step.SEALING, Result.OK, "sealed"),
    ),
)
LESS = MachineCheck(
    "db",
    "db",
    (*WELL.steps, StepResult(Step.FAILURES, Result.WARNING, "cannot tell", "join group utmp")),
)
SHUT = MachineCheck(
    "a-machine-with-a-name-that-is-longer-than-its-column",
    "far",
    (StepResult(Step.REACH, Result.FAULT, "connection refused"), StepResult(Step.HOST_KEY, Result.UNTRIED)),
)


def test_each_machine_has_a_line_and_its_faults_lines_below() -> None:
    assert check_text([WELL, LESS]) == (
        "web-01  ok · Python 3.11.2 · logind, wtmp · clock +0.0 s · sealed\n"
        "db      works · Python 3.11.2 · logind, wtmp · clock +0.0 s · sealed\n"
        "    failed logins: cannot tell (mend: join group utmp)\n"
    )


def test_a_fault_is_told_with_the_step_at_which_it_happened() -> None:
    assert check_text([SHUT]) == f"{SHUT.machine}  fault\n    reachable: connection refused\n"


def test_json_holds_every_step_of_every_machine() -> None:
    told = json.loads(check_json([WELL, SHUT]))
    assert [machine["machine"] for machine in told] == [WELL.machine, SHUT.machine]
    assert told[1]["steps"] == [
        {"step": "reachable", "result": "fault", "text": "connection refused"},
        {"step": "host key", "result": "not tried"},
    ]


def test_the_last_line_counts() -> None:
    assert count_line([WELL, LESS, SHUT]) == "2 of 3 machines can be watched, 1 of them with something unseen"
    assert count_line([WELL]) == "1 of 1 machines can be watched"

from __future__ import annotations

import json

from tests.cli.conftest import CLOSED, Run


def test_a_machine_that_is_not_reached_is_a_fault_and_the_exit_code_says_so(whotop: Run) -> None:
    code, output, errors = whotop("check", CLOSED)
    assert code == 3
    assert output == f"{CLOSED}  fault\n    reachable: connection refused\n"
    assert "0 of 1 machines can be watched" in errors


def test_json_is_all_that_is_printed(whotop: Run) -> None:
    code, output, _ = whotop("check", "--json", CLOSED)
    assert code == 3
    (machine,) = json.loads(output)
    assert machine["steps"][0] == {"step": "reachable", "result": "fault", "text": "connection refused"}


def test_this_machine_can_be_checked_without_any_configuration(whotop: Run) -> None:
    code, output, _ = whotop("check")
    assert code == 0
    assert "Python" in output

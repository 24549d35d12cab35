from __future__ import annotations

import json
import socket

from tests.cli.conftest import Run


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def test_a_machine_that_is_not_reached_is_a_fault_and_the_exit_code_says_so(whotop: Run) -> None:
    machine = f"127.0.0.1:{closed_port()}"
    code, output, errors = whotop("check", machine)
    assert code == 3
    assert output == f"{machine}  fault\n    reachable: connection refused\n"
    assert "0 of 1 machines can be watched" in errors


def test_json_is_all_that_is_printed(whotop: Run) -> None:
    code, output, _ = whotop("check", "--json", f"127.0.0.1:{closed_port()}")
    assert code == 3
    (machine,) = json.loads(output)
    assert machine["steps"][0] == {"step": "reachable", "result": "fault", "text": "connection refused"}


def test_this_machine_can_be_checked_without_any_configuration(whotop: Run) -> None:
    code, output, _ = whotop("check")
    assert code == 0
    assert "Python" in output

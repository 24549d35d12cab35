from __future__ import annotations

import json
import socket
from pathlib import Path

from tests.cli.conftest import Run


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def test_once_ends_with_3_and_names_what_was_not_reached(whotop: Run, tmp_path: Path) -> None:
    machine = f"127.0.0.1:{closed_port()}"
    code, output, errors = whotop("collect", "--once", "--store", tmp_path / "s.db", "--log-format", "json", machine)
    assert (code, output) == (3, "")
    told = json.loads(errors)
    assert (told["machine"], told["reason"], told["level"]) == (machine, "connection refused", "warning")
    assert (tmp_path / "s.db").exists()


def test_a_store_that_cannot_be_opened_is_one_line(whotop: Run, tmp_path: Path) -> None:
    (tmp_path / "s.db").write_text("no database, though it is long enough to be looked at as one")
    code, _, errors = whotop("collect", "--once", "--store", tmp_path / "s.db", "127.0.0.1:1")
    assert code == 1
    assert errors.count("\n") == 1


def test_a_time_limit_is_a_length_of_time(whotop: Run) -> None:
    code, _, errors = whotop("collect", "--once", "--time-limit", "0s", "127.0.0.1:1")
    assert code == 2
    assert "at least 1s" in errors

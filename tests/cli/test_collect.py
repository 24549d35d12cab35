from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import CLOSED, Run


def test_once_ends_with_3_and_names_what_was_not_reached(whotop: Run, tmp_path: Path) -> None:
    code, output, errors = whotop("collect", "--once", "--store", tmp_path / "s.db", "--log-format", "json", CLOSED)
    assert (code, output) == (3, "")
    told = json.loads(errors)
    assert (told["machine"], told["reason"], told["level"]) == (CLOSED, "connection refused", "warning")
    assert (tmp_path / "s.db").exists()


def test_a_store_that_cannot_be_opened_is_one_line(whotop: Run, tmp_path: Path) -> None:
    (tmp_path / "s.db").write_text("no database, though it is long enough to be looked at as one")
    code, _, errors = whotop("collect", "--once", "--store", tmp_path / "s.db", CLOSED)
    assert code == 1
    assert errors.count("\n") == 1


def test_a_time_limit_is_a_length_of_time(whotop: Run) -> None:
    code, _, errors = whotop("collect", "--once", "--time-limit", "0s", CLOSED)
    assert code == 2
    assert "at least 1s" in errors

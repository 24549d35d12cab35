"""What the light commands must not load: the time they take to start is part of their interface."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"textual", "asyncssh", "sqlalchemy", "alembic", "cryptography", "yaml", "fpdf"}

PROGRAM = """\
import sys
from whotop.cli.main import run
code = run(sys.argv[1:])
print(sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
sys.exit(code)
"""


def loaded_by(*arguments: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, check=True)
    return set(done.stderr.strip().splitlines()[-1].strip("[]").replace("'", "").split(", "))


def test_the_version_loads_nothing_heavy() -> None:
    assert not loaded_by("--version") & (HEAVY | {"rich", "msgspec", "platformdirs", "asyncio"})


def test_help_loads_nothing_heavy() -> None:
    assert not loaded_by("--help") & HEAVY


@pytest.mark.parametrize("format_name", ["text", "json", "html"])
def test_a_report_of_a_file_loads_nothing_heavy(tmp_path: Path, format_name: str) -> None:
    events = tmp_path / "events.csv"
    events.write_text("date,type,machine,user\n2020-01-01 10:00:00,login,web,lane\n")
    assert not loaded_by("report", str(events), "--format", format_name) & HEAVY


def test_usage_of_a_file_loads_nothing_heavy(tmp_path: Path) -> None:
    logins = tmp_path / "logins.csv"
    logins.write_text("lane,10.0.0.1,2020-01-01 10:00:00\n")
    assert not loaded_by("usage", str(logins)) & (HEAVY | {"duckdb", "pandas", "PIL", "cronsim"})


def test_what_is_loaded_before_the_first_paint_reaches_no_machine_and_no_store() -> None:
    modules = "whotop.cli.watch, whotop.cli.live, whotop.cli.screen, whotop.cli.secrets, whotop.cli.theme_choice"
    program = f"import sys, {modules}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not loaded & {"asyncssh", "sqlalchemy", "alembic", "whotop.monitor.monitor", "whotop.core.rules.book"}

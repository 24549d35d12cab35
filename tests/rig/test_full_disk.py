"""A disk that fills while whotop writes to it: one clear line, exit code 1, and nothing half-written."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.rig

EVENTS, LOGINS = "events.csv", "logins.csv"


@pytest.fixture
def disk(tmp_path: Path, _rig_is_possible: None) -> Path:
    """Where each command will find a small disk."""
    whole = tmp_path / "disk"
    whole.mkdir()
    moments = [f"2026-11-18 10:{number // 60 % 60:02}:{number % 60:02}" for number in range(6_000)]
    events = [f"{moment},login,web-{number},user-{number}\n" for number, moment in enumerate(moments)]
    (tmp_path / EVENTS).write_text("date,type,machine,user\n" + "".join(events))
    logins = [f"user-{number},10.0.{number % 99}.1,{moment}\n" for number, moment in enumerate(moments)]
    (tmp_path / LOGINS).write_text("".join(logins))
    return whole


def on_a_small_disk(disk: Path, size: str, *arguments: str) -> tuple[int, str, list[str]]:
    """Run whotop where a disk of that size is mounted; its exit code, what it says, and what is on the disk then."""
    whotop = shlex.join([sys.executable, "-m", "whotop", *arguments])
    script = f"mount -t tmpfs -o size={size} small {disk} && {{ {whotop}; code=$?; ls -A {disk}; exit $code; }}"
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script],
        check=False,
        capture_output=True,
        text=True,
        cwd=disk.parent,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(str(Path(place).absolute()) for place in sys.path if place)},
    )
    return done.returncode, done.stderr, done.stdout.split()


def test_windows(disk: Path) -> None:
    asked = ("windows", "--input-file", LOGINS, "--output-file", "disk/out.csv", "--window-size", "1h")
    assert on_a_small_disk(disk, "16k", *asked) == (1, "whotop: disk/out.csv: No space left on device\n", [])


def test_report(disk: Path) -> None:
    code, said, left = on_a_small_disk(disk, "16k", "report", EVENTS, "-o", "disk/out.json", "--format", "json")
    assert (code, left) == (1, [])
    assert said == "whotop: disk/out.json: the report cannot be written: No space left on device\n"


def test_import(disk: Path) -> None:
    code, said, _ = on_a_small_disk(disk, "600k", "import", EVENTS, "--store", "disk/whotop.db")
    assert code == 1
    assert said == "whotop: disk/whotop.db: the disk is full\n"

"""One process writes for a machine, and the kernel frees it when that process dies."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from whotop.store.claims import LARGEST_PLACE, Claims, lock_number

_CLAIM_AND_WAIT = """
import sys
from pathlib import Path
from whotop.store.claims import Claims
print(*sorted(Claims(Path(sys.argv[1])).claim(sys.argv[2:])), flush=True)
sys.stdin.read()
"""


@contextmanager
def another_process(file: Path, *machines: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """A process that claims machines and holds them; with those that it got."""
    command = [sys.executable, "-c", _CLAIM_AND_WAIT, str(file), *machines]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process, process.stdout.readline().split()
        process.kill()


def test_what_one_process_holds_another_does_not_get(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    with another_process(file, "web-01", "web-02") as (_, theirs):
        assert theirs == ["web-01", "web-02"]
        assert Claims(file).claim(["web-02", "web-03"]) == {"web-03"}


def test_what_a_killed_process_held_is_free_at_once(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    with another_process(file, "web-01") as (process, _):
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert Claims(file).claim(["web-01"]) == {"web-01"}


def test_what_is_released_can_be_claimed_by_another(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    claims = Claims(file)
    assert claims.claim(["web-01", "web-02"]) == {"web-01", "web-02"}
    claims.release(["web-01"])
    with another_process(file, "web-01", "web-02") as (_, theirs):
        assert theirs == ["web-01"]
    assert claims.held == {"web-02"}


def test_a_machine_that_is_ours_already_stays_ours(tmp_path: Path) -> None:
    claims = Claims(tmp_path / "lock")
    assert claims.claim(["web-01"]) == claims.claim(["web-01"]) == {"web-01"}


@given(st.text())
def test_every_name_has_a_number_that_a_lock_and_postgresql_take(name: str) -> None:
    assert 0 <= lock_number(name) <= LARGEST_PLACE


def test_a_machine_has_the_same_number_in_every_process_and_version() -> None:
    assert lock_number("web-01") == 848_093_895_645_315_597

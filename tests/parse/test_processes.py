"""One process of a session, from its two files in /proc."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.parse.processes import process

CASES = sorted((Path(__file__).parent / "processes").glob("*.json"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_two_files_become_a_process(path: Path) -> None:
    case = json.loads(path.read_text("utf-8"))
    found = process(
        case["stat"].encode(),
        case["cmdline"].encode(),
        clock_us=case["clock_us"],
        uptime=case["uptime"].encode(),
        clock_ticks=case["clock_ticks"],
    )
    assert (None if found is None else msgspec.to_builtins(found)) == case["process"]


FIELDS = st.lists(st.integers(-(10**25), 10**25).map(str) | st.just("S") | st.floats().map(str), max_size=25)


@given(
    stat=st.binary(max_size=80) | FIELDS.map(lambda fields: b"5 (x) " + " ".join(fields).encode()),
    cmdline=st.binary(max_size=80),
    uptime=st.binary(max_size=20) | st.floats().map(lambda number: str(number).encode()),
)
def test_whatever_a_process_calls_itself_it_is_safe_to_show(stat: bytes, cmdline: bytes, uptime: bytes) -> None:
    found = process(stat, cmdline, clock_us=1, uptime=uptime, clock_ticks=100)
    if found is not None:
        assert found.command.isprintable()
        assert found.state.isprintable()

"""Figures of /proc: a sample from two readings, and None for what makes no sense."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.model import Sample
from whotop.parse.proc import reading, sample
from whotop.wire.messages import Figures, FileSystem, Terminal

CASES = sorted((Path(__file__).parent / "proc").glob("*.json"))
RECEIVED_US = 1_795_298_012_000_000


def figures(told: dict[str, Any]) -> Figures:
    """Figures as the wire would bring them, from the texts of a case."""
    lines = {name: text.encode() for name, text in told.items() if isinstance(text, str)}
    disks, terminals = told.get("disks"), told.get("terminals")
    return Figures(
        clock_us=RECEIVED_US,
        disks=None if disks is None else tuple(FileSystem(mount.encode(), *sizes) for mount, *sizes in disks),
        terminals=None if terminals is None else tuple(Terminal(name.encode(), *rest) for name, *rest in terminals),
        **lines,
    )


def rounded(found: Sample) -> Any:
    """A sample as plain values, without the last digits of its fractions."""
    return json.loads(
        msgspec.json.encode(msgspec.structs.asdict(found)), parse_float=lambda digits: round(float(digits), 6)
    )


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_figures_become_a_sample(path: Path) -> None:
    case = json.loads(path.read_text("utf-8"))
    previous = None if case["previous"] is None else reading(figures(case["previous"]), None)
    found = sample("web-01", previous, reading(figures(case["figures"]), previous), RECEIVED_US)
    expected = msgspec.convert({"machine": "web-01", "time_us": RECEIVED_US, **case["sample"]}, Sample)
    assert rounded(found) == rounded(expected)


def test_what_the_reader_knows_beside_the_figures_is_in_the_sample() -> None:
    found = sample("web-01", None, reading(Figures(clock_us=1), None), 5, skew_us=-7, cpu_count=4)
    assert (found.time_us, found.skew_us, found.cpu_count) == (5, -7, 4)


NUMBER = st.integers(-(10**30), 10**30).map(str) | st.floats().map(str) | st.just("x")
COUNTERS = st.lists(NUMBER, max_size=12).map(" ".join)
FIGURES = st.builds(
    Figures,
    clock_us=st.just(1),
    stat=st.binary(max_size=60) | COUNTERS.map(lambda text: b"cpu " + text.encode()),
    meminfo=st.binary(max_size=60)
    | st.lists(
        st.tuples(st.sampled_from(["MemTotal", "MemAvailable", "MemFree", "SwapTotal", "SwapFree"]), NUMBER)
    ).map(lambda lines: "\n".join(f"{name}: {number} kB" for name, number in lines).encode()),
    loadavg=st.binary(max_size=60) | COUNTERS.map(str.encode),
    uptime=st.binary(max_size=60) | COUNTERS.map(str.encode),
    network=st.binary(max_size=60) | COUNTERS.map(lambda text: b"eth0: " + text.encode()),
    disks=st.none()
    | st.lists(
        st.builds(
            FileSystem,
            st.binary(max_size=20),
            st.integers(0, 2**63 - 1),
            st.integers(0, 2**63 - 1),
            st.integers(0, 2**63 - 1),
        ),
        max_size=3,
    ).map(tuple),
    terminals=st.none() | st.lists(st.builds(Terminal, st.binary(max_size=9), st.just(1), st.just(0))).map(tuple),
)


@given(first=FIGURES, second=FIGURES)
def test_whatever_is_told_a_sample_holds_figures_that_can_be(first: Figures, second: Figures) -> None:
    earlier = reading(first, None)
    found = sample("web-01", earlier, reading(second, earlier), RECEIVED_US)
    for percent in (found.cpu_percent, found.memory_percent, found.swap_percent, found.disk_percent):
        assert percent is None or 0 <= percent <= 100
    for rate in (found.received_bytes_per_second, found.sent_bytes_per_second, found.load1, found.uptime_seconds):
        assert rate is None or 0 <= rate < float("inf")
    assert 0 <= found.memory_total_bytes < 2**63
    assert all(disk.mount.isprintable() for disk in found.disks)

"""Whatever anybody wrote, it is read, or refused by a named error: at once, in little memory, and shown harmlessly.

``scripts/fuzz`` looks for more of the same by what the code does with it.
"""

from __future__ import annotations

import gzip

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.property.fuzz_rules import MEMORY_BYTES, PIECE_BYTES, memory_taken, try_on
from tests.property.fuzz_seeds import seeds_of
from tests.property.fuzz_targets import TARGETS, Target

OWN_ENGINE = frozenset({"login_windows", "usage"})
"""DuckDB takes 30 ms for any input: of these ``scripts/fuzz`` alone tries more than a few."""
EACH_TARGET = pytest.mark.parametrize(
    "target", [target for target in TARGETS if target.name not in OWN_ENGINE], ids=lambda target: target.name
)
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


def filled(piece: bytes, before: bytes = b"", after: bytes = b"") -> bytes:
    """A piece again and again, until there are 64 KB: what takes longer the more there is of it shows itself."""
    return before + piece * ((PIECE_BYTES - len(before) - len(after)) // max(len(piece), 1)) + after


@EACH_TARGET
def test_its_seeds_are_harmless_however_often_they_come_again(target: Target) -> None:
    for seed in seeds_of(target.name)[:6]:
        try_on(target, seed)
        try_on(target, filled(seed))


@EACH_TARGET
def test_64_kb_take_no_heap_of_memory(target: Target) -> None:
    largest = max(memory_taken(target, filled(seed)) for seed in seeds_of(target.name)[:1])
    assert largest < MEMORY_BYTES


@pytest.mark.parametrize("piece", [b"\0", b'{"MESSAGE":"sshd'], ids=ascii)
def test_little_that_opens_to_much_takes_no_heap_of_memory(piece: bytes) -> None:
    opened = gzip.compress(piece * (MEMORY_BYTES // len(piece)))
    assert memory_taken(next(target for target in TARGETS if target.name == "record_file"), opened) < MEMORY_BYTES


@st.composite
def altered(draw: st.DrawFn, target: str) -> bytes:
    """A seed with something else in some places, or a part of one filled up to 64 KB."""
    data = bytearray(draw(st.sampled_from(seeds_of(target))))
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(start + draw(st.integers(0, 16)), len(data))
        data[start:end] = draw(st.binary(max_size=16) | st.sampled_from([b"\n", b"\0", b"\xff", b"-1", b"9" * 30]))
    if not draw(st.booleans()):
        return bytes(data)
    start = draw(st.integers(0, len(data)))
    end = min(start + draw(st.integers(1, 64)), len(data))
    return filled(bytes(data[start:end]), bytes(data[:start]), bytes(data[end:]))


@EACH_TARGET
@given(draw=st.data())
@settings(max_examples=3, deadline=None, suppress_health_check=SLOW)
def test_what_is_almost_right_is_read_or_refused(target: Target, draw: st.DataObject) -> None:
    try_on(target, draw.draw(altered(target.name)))


@EACH_TARGET
@given(data=st.binary(max_size=2000))
@settings(max_examples=3, deadline=None, suppress_health_check=SLOW)
def test_any_bytes_are_read_or_refused(target: Target, data: bytes) -> None:
    try_on(target, data)


@pytest.mark.parametrize("target", [one for one in TARGETS if one.name in OWN_ENGINE], ids=lambda target: target.name)
def test_its_seeds_are_harmless_to_duckdb(target: Target) -> None:
    for seed in seeds_of(target.name):
        try_on(target, seed)


@pytest.mark.long
@EACH_TARGET
@given(draw=st.data())
@settings(max_examples=2000, deadline=None, suppress_health_check=SLOW)
def test_much_that_is_almost_right_is_read_or_refused(target: Target, draw: st.DataObject) -> None:
    try_on(target, draw.draw(altered(target.name)))

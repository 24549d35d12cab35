"""What holds for whatever is read, whoever wrote it: no error but ours, no hang, no heap of memory, no unsafe text."""

from __future__ import annotations

import math
import time
import tracemalloc
from collections.abc import Iterable, Mapping
from datetime import tzinfo

import msgspec

from tests.property.fuzz_targets import Target
from whotop.text import safe

PIECE_BYTES = 65_536
SECONDS_PER_PIECE = 1.0
"""Of processor time; what is read at the speed that it should be takes a tenth of it at most."""
MEMORY_BYTES = 64 * 2**20
LONGEST_TEXT = 4096


def try_on(target: Target, data: bytes) -> None:
    """Read the data. AssertionError, or whatever was not caught, says what is wrong with that."""
    begun = time.process_time()
    told = list(target.read(data))
    seconds = time.process_time() - begun
    assert seconds <= SECONDS_PER_PIECE * max(1, len(data) / PIECE_BYTES), f"{seconds:.1f} s for {len(data):,} bytes"
    assert_harmless(told)


def memory_taken(target: Target, data: bytes) -> int:
    """The most memory that reading takes at once, in bytes."""
    tracemalloc.start()
    try:
        try_on_untimed = list(target.read(data))
        del try_on_untimed
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def assert_harmless(told: object) -> None:
    """Every text in it shows as itself and does nothing else; every number can be kept in the store."""
    match told:
        case None | bool() | tzinfo():
            pass
        case str():
            assert safe(told, LONGEST_TEXT) == told, ascii(told)
        case int():
            assert -(2**63) <= told < 2**63
        case float():
            assert math.isfinite(told)
        case bytes():
            pass
        case msgspec.Struct():
            for name in told.__struct_fields__:
                if name != "raw":  # as received, and never shown
                    assert_harmless(getattr(told, name))
        case Mapping():
            assert_harmless(list(told.items()))
        case Iterable():
            for one in told:
                assert_harmless(one)
        case _:
            raise AssertionError(f"a {type(told).__name__} is none of these")

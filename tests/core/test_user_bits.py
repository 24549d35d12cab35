"""Small numbers as bits."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from whotop.core.user_bits import bits_of


@settings(max_examples=50)
@given(st.sets(st.integers(0, 5_000)))
def test_every_number_is_its_own_bit(numbers: set[int]) -> None:
    assert bits_of(numbers) == sum(1 << number for number in numbers)

"""Many values are made storable at one look, each as it would be alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from whotop.model import Outcome
from whotop.store import storable


@given(st.lists(st.text() | st.sampled_from(["\0", "a\ud800b", "plain"])))
def test_texts(values: list[str]) -> None:
    assert storable.texts(values) == [storable.text(value) for value in values]


@given(st.lists(st.integers(-(2**65), 2**65) | st.integers(-9, 9), min_size=1))
def test_numbers(values: list[int]) -> None:
    assert storable.numbers(values) == [storable.number(value) for value in values]


@given(st.lists(st.sampled_from(Outcome) | st.none(), min_size=1))
def test_words(values: list[Outcome | None]) -> None:
    stored = storable.words(values)
    assert stored == [None if value is None else value.value for value in values]
    assert {type(value) for value in stored} <= {str, type(None)}

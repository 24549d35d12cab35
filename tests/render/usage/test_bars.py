"""A chart of bars made of text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whotop.render.usage.axis import spread, ticks
from whotop.render.usage.bars import bar_chart


def drawn(values: list[int], width: int, height: int) -> list[str]:
    names = [f"n{place}" for place in range(len(values))]
    return [scale + text for scale, text in bar_chart(values, names, width, height).lines]


@pytest.mark.parametrize(
    ("most", "wanted", "expected"),
    [(0, 5, [0, 1]), (1, 5, [0, 1]), (7, 5, [0, 2, 4, 6, 8]), (69, 3, [0, 50, 100]), (1_000, 4, [0, 500, 1_000])],
)
def test_the_scale_has_round_steps(most: int, wanted: int, expected: list[int]) -> None:
    assert ticks(most, wanted) == expected


def test_a_bar_is_as_high_as_its_number() -> None:
    assert drawn([10, 5], 9, 4) == ["10│██    ", "  │██ ██ ", " 0┴──────", "   n0    "]


@settings(max_examples=40)
@given(st.lists(st.integers(0, 100_000), max_size=300), st.integers(0, 200), st.integers(0, 50))
def test_any_values_fit_any_room(values: list[int], width: int, height: int) -> None:
    lines = drawn(values, width, height)
    assert len(lines) in (0, height)
    assert {len(line) for line in lines} <= {width}


def test_whoever_was_there_at_all_shows() -> None:
    chart = bar_chart([1, 0, 100_000], ["a", "b", "c"], 40, 6)
    bottom = chart.lines[-3][1]
    assert [bottom[start] for start, _ in chart.slots] == ["▁", " ", "█"]


def test_more_values_than_cells_share_them_and_the_greatest_shows() -> None:
    values = [1] * 1_000
    values[500] = 8
    chart = bar_chart(values, [""] * 1_000, 42, 3)
    assert chart.lines[0][1].count("▁") == len(chart.lines[0][1]) - 1


def test_names_that_have_no_room_are_thinned_out_evenly() -> None:
    assert spread(["aa"] * 1 + ["bb", "cc", "dd", "ee"], [1, 3, 5, 7, 9], [2] * 5, 1) == [0, 2, 4]


def test_a_name_is_said_once() -> None:
    assert spread(["a", "a", "b"], [0, 5, 10], [1, 1, 1], 1) == [0, 2]

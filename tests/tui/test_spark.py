from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from whotop.tui.spark import chart, condensed, gauge, spark

VALUES = st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=300)


def test_a_spark_line_shows_the_newest_values_on_the_right() -> None:
    assert spark([0, 100, 0, 50, 100], 3) == "▁▅█"
    assert spark([100], 3) == "  █"
    assert spark([], 3) == "   "


def test_a_spark_line_may_have_another_top() -> None:
    assert spark([1, 4], 2, top=4) == "▃█"


def test_a_gauge_says_low_rising_or_full() -> None:
    assert [gauge(percent) for percent in (0, 59.9, 60, 84.9, 85, 100)] == [
        "gauge_low",
        "gauge_low",
        "gauge_mid",
        "gauge_mid",
        "gauge_high",
        "gauge_high",
    ]


def test_a_chart_fills_from_the_bottom_two_values_a_cell() -> None:
    assert chart([0, 100, 100, 100], 2, 2, top=100) == ["⢸⣿", "⣸⣿"]


def test_a_chart_scales_to_its_greatest_value() -> None:
    assert chart([5, 5], 1, 1) == ["⣿"]


def test_what_was_not_measured_is_a_gap_and_zero_is_not() -> None:
    assert chart([None, 0], 1, 1, top=1) == ["⢀"]


def test_more_values_than_fit_are_condensed_to_the_greatest_of_each_share() -> None:
    assert condensed([1, 9, 2, None, None, None], 3) == [9, 2, None]


@given(VALUES, st.integers(0, 60), st.integers(0, 8))
def test_charts_have_exactly_the_size_asked_for(values: list[float], width: int, height: int) -> None:
    assert cell_len(spark(values, width)) == width
    finite = [value if math.isfinite(value) else None for value in values]
    lines = chart(finite, width, height)
    assert len(lines) == height
    assert all(len(line) == width for line in lines)

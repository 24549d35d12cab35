from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.config.durations import LONGEST_SECONDS, format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("5s", 5),
        ("200ms", 0.2),
        ("2m", 120),
        ("1h 30m", 5_400),
        ("1h30m", 5_400),
        ("1.5h", 5_400),
        ("14d", 1_209_600),
        ("2w", 1_209_600),
        ("2y", 63_072_000),
        (" 5 s ", 5),
    ],
)
def test_a_length_of_time_is_numbers_with_units(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


def test_a_number_alone_is_told_to_take_a_unit() -> None:
    with pytest.raises(ValueError, match='"5" has no unit: write "5s"'):
        parse_duration("5")


@pytest.mark.parametrize("text", ["", "s", "5x", "5 minutes", "-5s", "5s!", "1h 30", "٥s"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no length of time"):
        parse_duration(text)


def test_centuries_are_refused() -> None:
    with pytest.raises(ValueError, match="longer than 100 years"):
        parse_duration("101y")


@given(st.text(max_size=40))
def test_no_text_does_worse_than_a_clear_refusal(text: str) -> None:
    try:
        seconds = parse_duration(text)
    except ValueError as error:
        assert "\n" not in str(error).replace(text, "")  # noqa: PT017
    else:
        assert 0 <= seconds <= LONGEST_SECONDS


@given(st.integers(min_value=0, max_value=10**9))
def test_what_is_formatted_is_parsed_back(seconds: int) -> None:
    assert parse_duration(format_duration(seconds)) == seconds

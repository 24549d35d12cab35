from __future__ import annotations

import pytest

from whotop.config.window_sizes import parse_window_size


@pytest.mark.parametrize(
    ("text", "size_ms"),
    [
        ("1.hour", 3_600_000),
        ("2.hours", 7_200_000),
        ("1h", 3_600_000),
        ("90 minutes", 5_400_000),
        ("1.5hours", 5_400_000),
        ("60s", 60_000),
        ("1min", 60_000),
        ("1d", 86_400_000),
        ("500.millis", 500),
        ("1500 micros", 1),
        ("1e3 s", 1_000_000),
        ("2.01s", 2_010),
        ("4.1min", 246_000),
        ("5000000000ns", 5_000),
        ("2000000µs", 2_000),
        ("1.9999999999 ms", 2),
    ],
)
def test_sizes_are_spelled_as_scala_spells_them(text: str, size_ms: int) -> None:
    assert parse_window_size(text) == size_ms


@pytest.mark.parametrize("text", ["1m", "60", "2w", "1.month", "1 HOUR", "Inf", "", "hour", "1hs", "nan s"])
def test_what_the_older_analyser_refused_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no window size"):
        parse_window_size(text)


@pytest.mark.parametrize("text", ["0.seconds", "-1.hour", "999.nanos", "1e30 d"])
def test_a_window_that_holds_nothing_or_everything_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="at least"):
        parse_window_size(text)


def test_an_endless_window_is_refused() -> None:
    with pytest.raises(ValueError, match=r"at most 285,000 years"):
        parse_window_size("1e999h")


def test_digits_without_a_unit_are_refused_however_many_they_are() -> None:
    with pytest.raises(ValueError, match="is no window size"):
        parse_window_size("9" * 100_000)

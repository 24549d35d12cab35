from __future__ import annotations

import pytest

from whotop.clock import SECOND_US
from whotop.core.windows import Series, TumblingWindows, WindowLogin

HOUR = 3_600 * SECOND_US


def add(windows: TumblingWindows, seconds: float, source: str = "a", user: str = "u") -> Series | None:
    return windows.add(source, user, "web-01", round(seconds * SECOND_US), b"k%f" % seconds)


def times(series: Series | None) -> list[float]:
    assert series is not None
    return [login.time_us / SECOND_US for login in series.logins]


def test_one_login_is_no_series() -> None:
    assert add(TumblingWindows(HOUR), 10) is None


def test_the_second_login_of_a_source_makes_one_the_same_user_twice_included() -> None:
    windows = TumblingWindows(HOUR)
    add(windows, 10)
    series = add(windows, 20)
    assert series is not None
    assert (series.source, series.window_start_us, series.count) == ("a", 0, 2)
    assert (series.first_us, series.last_us) == (10 * SECOND_US, 20 * SECOND_US)
    assert series.logins[0] == WindowLogin("u", "web-01", 10 * SECOND_US, b"k%f" % 10)


def test_sources_are_apart() -> None:
    windows = TumblingWindows(HOUR)
    add(windows, 10, "a")
    assert add(windows, 20, "b") is None


@pytest.mark.parametrize(
    ("start_seconds", "seconds", "expected"),
    [
        (0, [0, 3600, 7199, 7200], [[3600, 7199]]),
        (0, [0, 3599, 3600, 3601], [[0, 3599], [3600, 3601]]),
        (1800, [1799, 1800, 5399, 5400], [[1800, 5399]]),
        (10_000, [0, 2799, 2800], [[0, 2799]]),
    ],
)
def test_a_window_holds_its_start_and_not_its_end(
    start_seconds: int, seconds: list[int], expected: list[list[int]]
) -> None:
    windows = TumblingWindows(HOUR, start_seconds * SECOND_US)
    for second in seconds:
        add(windows, second)
    assert [times(series) for series in windows.series()] == expected


def test_a_late_login_takes_its_place_in_its_own_window() -> None:
    windows = TumblingWindows(HOUR)
    for second in (10, 30, 4000):
        add(windows, second)
    assert times(add(windows, 20)) == [10, 20, 30]


def test_equal_times_keep_the_order_in_which_they_came() -> None:
    windows = TumblingWindows(HOUR)
    for user in ("x", "y"):
        add(windows, 20, user=user)
    series = add(windows, 10, user="z")
    assert series is not None
    assert [login.user for login in series.logins] == ["z", "x", "y"]


def test_a_series_stays_as_it_was_when_it_was_made() -> None:
    windows = TumblingWindows(HOUR)
    add(windows, 10)
    series = add(windows, 30)
    add(windows, 40)
    add(windows, 20)
    assert times(series) == [10, 30]


def test_the_latest_logins_can_be_had_alone() -> None:
    windows = TumblingWindows(HOUR)
    for second in range(5):
        add(windows, second)
    series = add(windows, 5)
    assert series is not None
    assert [login.time_us // SECOND_US for login in series.latest(2)] == [4, 5]
    assert len(series.latest(100)) == 6


def test_windows_that_are_over_can_be_forgotten() -> None:
    windows = TumblingWindows(HOUR)
    for second in (10, 20, 3610, 3620):
        add(windows, second)
    windows.expire(HOUR)
    assert [times(series) for series in windows.series()] == [[3610, 3620]]


def test_a_flood_costs_the_oldest_window_and_not_the_memory() -> None:
    windows = TumblingWindows(HOUR, logins_kept=4)
    for second in (10, 20, 3610, 3620, 3630):
        add(windows, second)
    assert [times(series) for series in windows.series()] == [[3610, 3620, 3630]]


def test_a_file_may_count_an_empty_source_as_one() -> None:
    windows = TumblingWindows(HOUR)
    add(windows, 10, "")
    assert times(add(windows, 20, "")) == [10, 20]


def test_a_window_without_length_is_refused() -> None:
    with pytest.raises(ValueError, match="holds nothing"):
        TumblingWindows(0)

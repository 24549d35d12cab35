"""Windows that have no place of their own: sliding ones and gaps."""

from __future__ import annotations

import pytest

from whotop.core.gap_windows import GapWindows
from whotop.core.sliding_windows import SlidingWindows
from whotop.core.window_modes import windows_of
from whotop.core.windows import LoginWindows, Series, TumblingWindows


def add(windows: LoginWindows, *times: int, source: str = "a") -> Series | None:
    grown = None
    for time in times:
        grown = windows.add(source, "u", "m", time, b"")
    return grown


def times(series: Series | None) -> list[int]:
    assert series is not None
    return [login.time_us for login in series.logins]


def held(windows: LoginWindows) -> list[list[int]]:
    return [times(series) for series in windows.series()]


def test_a_gap_chains_logins_no_further_apart_than_the_size() -> None:
    windows = GapWindows(10)
    assert times(add(windows, 0, 10, 20)) == [0, 10, 20]
    assert add(windows, 31) is None
    assert held(windows) == [[0, 10, 20]]


def test_a_late_login_joins_two_chains() -> None:
    windows = GapWindows(10)
    add(windows, 0, 5, 16, 18)
    assert held(windows) == [[0, 5], [16, 18]]
    assert times(add(windows, 8)) == [0, 5, 8, 16, 18]
    assert held(windows) == [[0, 5, 8, 16, 18]]


def test_a_series_stays_as_it_was_when_chains_are_joined() -> None:
    windows = GapWindows(10)
    before = add(windows, 0, 5)
    add(windows, 20, 12)
    assert times(before) == [0, 5]


def test_a_chain_is_forgotten_when_nothing_can_add_to_it() -> None:
    windows = GapWindows(10)
    add(windows, 0, 5)
    windows.expire(15)
    assert held(windows) == [[0, 5]]
    windows.expire(16)
    assert held(windows) == []


def test_sliding_windows_overlap_and_exclude_their_end() -> None:
    windows = SlidingWindows(10)
    assert times(add(windows, 0, 5)) == [0, 5]
    assert times(add(windows, 10)) == [5, 10]
    assert held(windows) == [[0, 5], [5, 10]]


def test_a_run_within_a_longer_one_is_none_of_its_own() -> None:
    windows = SlidingWindows(10)
    add(windows, 0, 3, 6)
    assert held(windows) == [[0, 3, 6]]


def test_a_late_login_grows_the_longest_run_that_holds_it() -> None:
    windows = SlidingWindows(10)
    add(windows, 0, 9, 12, 13)
    assert times(add(windows, 8)) == [8, 9, 12, 13]
    assert held(windows) == [[0, 8, 9], [8, 9, 12, 13]]


def test_the_rest_of_a_run_whose_beginning_is_forgotten_is_no_run() -> None:
    windows = SlidingWindows(10)
    add(windows, 0, 5, 8, 30, 31)
    windows.expire(12)
    assert held(windows) == [[30, 31]]
    add(windows, 13)
    assert held(windows) == [[5, 8, 13], [30, 31]]


@pytest.mark.parametrize("windows", [GapWindows(10, logins_kept=8), SlidingWindows(10, logins_kept=8)])
def test_a_flood_costs_the_oldest_logins_and_not_the_memory(windows: LoginWindows) -> None:
    add(windows, 0, 1, source="old")
    add(windows, *range(20, 40, 2))
    assert "old" not in {series.source for series in windows.series()}
    assert held(windows)[-1][-1] == 38
    assert sum(map(len, held(windows))) <= 40


@pytest.mark.parametrize(
    ("mode", "kind"), [("tumbling", TumblingWindows), ("sliding", SlidingWindows), ("gap", GapWindows)]
)
def test_each_mode_has_its_windows(mode: str, kind: type[LoginWindows]) -> None:
    windows = windows_of(mode, 10)  # type: ignore[arg-type]
    assert isinstance(windows, kind)
    assert times(add(windows, 1, 2)) == [1, 2]


@pytest.mark.parametrize("kind", [GapWindows, SlidingWindows])
def test_a_window_without_length_is_refused(kind: type[GapWindows]) -> None:
    with pytest.raises(ValueError, match="holds nothing"):
        kind(0)

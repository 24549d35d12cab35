from __future__ import annotations

from datetime import UTC
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from tests.tui.small_fleet import NOW_US
from whotop.clock import DAY_US, HOUR_US
from whotop.tui.views.times import day_and_time, moment, since


def test_today_needs_no_day() -> None:
    assert since(NOW_US - HOUR_US, NOW_US, UTC) == "13:22"
    assert moment(NOW_US - HOUR_US, NOW_US, UTC) == "13:22:07"
    assert day_and_time(NOW_US - HOUR_US, NOW_US, UTC) == "13:22:07"


def test_another_day_is_named() -> None:
    assert since(NOW_US - DAY_US, NOW_US, UTC) == "Nov 19"
    assert day_and_time(NOW_US - DAY_US, NOW_US, UTC) == "Nov 19 14:22"


def test_another_year_is_named() -> None:
    assert since(NOW_US - 400 * DAY_US, NOW_US, UTC) == "2025-10"
    assert day_and_time(NOW_US - 400 * DAY_US, NOW_US, UTC) == "2025-10-16 14:22"


def test_today_is_today_where_the_viewer_is() -> None:
    assert since(NOW_US - 15 * HOUR_US, NOW_US, UTC) == "Nov 19"
    assert since(NOW_US - 15 * HOUR_US, NOW_US, ZoneInfo("Asia/Tokyo")) == "08:22"


def test_never_is_a_dash() -> None:
    assert since(0, NOW_US, UTC) == moment(0, NOW_US, UTC) == day_and_time(0, NOW_US, UTC) == "–"


@given(st.integers(min_value=-(2**63), max_value=2**63 - 1))
def test_no_time_is_too_strange_to_show(time_us: int) -> None:
    assert len(since(time_us, NOW_US, UTC)) <= 8
    assert len(moment(time_us, NOW_US, UTC)) <= 8
    assert len(day_and_time(time_us, NOW_US, UTC)) <= 16

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from tests.tui.small_fleet import NOW_US, ended, session
from whotop.clock import HOUR_US, MINUTE_US, SECOND_US
from whotop.model import Outcome
from whotop.tui.views.days import lanes, spells_of


def text(lines: list[list[tuple[str, str]]]) -> list[str]:
    return ["".join(part for part, _ in line) for line in lines]


def test_overlapping_sessions_are_one_spell() -> None:
    sessions = [
        ended(1, "a", "u", 5 * HOUR_US, 2 * HOUR_US, Outcome.LOGOUT),
        ended(2, "b", "u", 4 * HOUR_US, 2 * HOUR_US, Outcome.LOGOUT),
        session(3, "c", "u", HOUR_US),
    ]
    assert spells_of(sessions, NOW_US) == [
        (NOW_US - 5 * HOUR_US, NOW_US - 2 * HOUR_US),
        (NOW_US - HOUR_US, NOW_US),
    ]


def test_a_clock_that_was_stepped_back_makes_no_spell_of_negative_length() -> None:
    assert spells_of([ended(1, "a", "u", HOUR_US, -MINUTE_US, Outcome.LOGOUT)], NOW_US) == [
        (NOW_US - HOUR_US, NOW_US - HOUR_US)
    ]


def test_today_stands_first_and_the_future_is_blank() -> None:
    lines = text(lanes([(NOW_US - 2 * HOUR_US, NOW_US)], NOW_US, UTC, 65, 15))
    assert len(lines) == 15
    assert lines[1].startswith(" Fri 20 ························")
    assert "━━━━━" in lines[1]
    assert lines[1].endswith("      2h")
    assert lines[2].startswith(" Thu 19 ")
    assert "━" not in lines[2]


def test_a_day_on_which_clocks_change_is_a_whole_line_too() -> None:
    zone = ZoneInfo("Europe/Berlin")
    noon_us = int(datetime(2026, 10, 26, 12, tzinfo=zone).timestamp()) * SECOND_US
    lines = text(lanes([(noon_us - 48 * HOUR_US, noon_us)], noon_us, zone, 65, 4))
    assert lines[2].startswith(" Sun 25 ")
    assert lines[2].endswith("  1d 1h")
    assert "·" not in lines[2]


@given(
    st.lists(st.tuples(st.integers(0, 2**52), st.integers(0, 2**40))),
    st.integers(-5, 200),
    st.integers(-5, 60),
)
def test_every_line_has_the_width_that_there_is(spells: list[tuple[int, int]], width: int, height: int) -> None:
    whole = sorted((start, start + length) for start, length in spells)
    lines = text(lanes(whole, NOW_US, UTC, width, height))
    assert len(lines) <= max(height, 1)
    assert all(len(line) <= max(width, len("too narrow")) for line in lines)

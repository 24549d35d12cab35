"""Moments in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.clock import DAY_US, SECOND_US
from whotop.render.moments import full_moment, iso_moment, short_moment, zone_name

BERLIN = ZoneInfo("Europe/Berlin")
AT = 1_795_267_327 * SECOND_US


def test_a_moment_is_shown_in_its_zone() -> None:
    assert full_moment(AT, BERLIN) == "2026-11-21 14:22:07"
    assert full_moment(AT, UTC) == "2026-11-21 13:22:07"


def test_a_moment_of_the_same_day_is_shown_without_its_date() -> None:
    assert short_moment(AT - 1, AT, BERLIN) == "14:22:06"
    assert short_moment(AT - DAY_US, AT, BERLIN) == "2026-11-20 14:22:07"


def test_what_never_was_is_never() -> None:
    assert full_moment(0, BERLIN) == "never"
    assert short_moment(0, AT, BERLIN) == "never"


def test_programs_get_microseconds_and_the_offset() -> None:
    assert iso_moment(AT + 250_000, BERLIN) == "2026-11-21T14:22:07.250000+01:00"


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        (UTC, "UTC"),
        (BERLIN, "+01:00 Europe/Berlin"),
        (ZoneInfo("Asia/Kolkata"), "+05:30 Asia/Kolkata"),
        (timezone(timedelta(hours=-3)), "-03:00"),
        (timezone(timedelta(hours=1), "CET"), "+01:00 CET"),
    ],
)
def test_a_zone_is_its_offset_then_and_its_name(zone: tzinfo, name: str) -> None:
    assert zone_name(AT, zone) == name


@pytest.mark.parametrize(
    ("claimed", "zone", "shown"),
    [
        ("9999-12-31 20:00:00-05:00", "America/New_York", "9999-12-31T20:00:00.000000-05:00"),
        ("9999-12-31 20:00:00+00:00", "Asia/Tokyo", "9999-12-31T23:59:59.999999+09:00"),
        ("9999-12-31 23:59:59.999999+00:00", "UTC", "9999-12-31T23:59:59.999999+00:00"),
        ("0001-01-01 02:00:00+00:00", "Etc/GMT+5", "0001-01-01T00:00:00.000000-05:00"),
        ("0001-01-01 02:00:00+05:00", "Etc/GMT-5", "0001-01-01T02:00:00.000000+05:00"),
    ],
)
def test_a_time_at_an_end_of_the_calendar_is_told_and_one_beyond_is_that_end(
    claimed: str, zone: str, shown: str
) -> None:
    time_us = (datetime.fromisoformat(claimed) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    assert iso_moment(time_us, ZoneInfo(zone)) == shown


@given(st.integers(-(2**63), 2**63))
def test_any_time_that_a_machine_may_claim_can_be_shown(time_us: int) -> None:
    assert len(full_moment(time_us, BERLIN)) in {5, 19}
    assert datetime.fromisoformat(iso_moment(time_us, BERLIN)).utcoffset() is not None

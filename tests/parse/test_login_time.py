"""The moment of a login as tables write it."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.parse.login_time import login_time_us

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-07 10:30:00",
        "2024-01-07T10:30",
        "2024-01-07 10:30:00.000000000",
        "2024-01-07T10:30:00Z",
        "2024-01-07 10:30:00 UTC",
        "2024-01-07 12:30:00+02:00",
        "2024-01-07 11:30:00,000 +0100",
        "1704623400",
        "1704623400.0",
        "1704623400000",
        "1704623400000000",
    ],
)
def test_the_same_moment_in_many_forms(text: str) -> None:
    assert login_time_us(text, UTC) == 1_704_623_400_000_000


def test_a_date_alone_is_its_midnight_in_the_zone() -> None:
    assert login_time_us("2024-01-07", BERLIN) == login_time_us("2024-01-06T23:00:00Z", UTC)


@pytest.mark.parametrize(
    "text", ["", "ann", "10.0.0.1", "2024-02-30 00:00:00", "2024-01-07 25:00:00", "20240107", "12"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no time: it must read YYYY-MM-DD HH:MM:SS"):
        login_time_us(text, UTC)


@given(st.text())
def test_any_text_is_a_time_or_is_refused(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert isinstance(login_time_us(text, UTC), int)


@given(st.datetimes(datetime.fromisoformat("1970-01-01"), datetime.fromisoformat("2200-01-01")))
def test_what_python_writes_is_read(moment: datetime) -> None:
    expected = round(moment.replace(tzinfo=UTC, microsecond=0).timestamp()) * 1_000_000 + moment.microsecond
    assert login_time_us(moment.isoformat(" "), UTC) == expected

"""A machine's time zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.parse.zone import zone_of


def test_a_name_is_the_zone_of_that_name() -> None:
    assert zone_of(b"Europe/Berlin +0100") == ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("told", "hours"), [(b"+0530", 5.5), (b"-0930", -9.5), (b"+0000", 0), (b"Atlantis/Capital -0300", -3)]
)
def test_an_offset_serves_where_there_is_no_name_or_an_unknown_one(told: bytes, hours: float) -> None:
    assert zone_of(told).utcoffset(datetime(2026, 1, 1, tzinfo=UTC)) == timedelta(hours=hours)


@pytest.mark.parametrize("told", [b"", b"nonsense", b"../../etc/passwd +0100", b"/etc/passwd +0100", b"+9900"])
def test_what_is_no_zone_is_utc(told: bytes) -> None:
    assert zone_of(told) is UTC


@given(st.binary(max_size=80))
def test_no_answer_is_too_strange(told: bytes) -> None:
    zone_of(told)

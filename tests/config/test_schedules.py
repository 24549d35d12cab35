"""Schedules as cron writes them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from whotop.config.schedules import Schedule


def us(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


@pytest.mark.parametrize(
    ("text", "after", "due"),
    [
        ("30 1 * * *", "2025-11-21T01:29:59", "2025-11-21T01:30:00"),
        ("30 1 * * *", "2025-11-21T01:30:00", "2025-11-22T01:30:00"),
        ("0 3 * * 1", "2025-11-21T12:00:00", "2025-11-24T03:00:00"),
        ("0 0 29 2 *", "2025-11-21T12:00:00", "2028-02-29T00:00:00"),
    ],
)
def test_the_next_time_is_after_the_moment_itself(text: str, after: str, due: str) -> None:
    assert Schedule(text).next_us(us(after)) == us(due)


@pytest.mark.parametrize("text", ["", "daily", "61 * * * *", "0 0 30 2 *", "* * * *"])
def test_what_is_no_schedule_is_refused_with_the_mend(text: str) -> None:
    with pytest.raises(ValueError, match=r'is no schedule: .+ \(write it as cron does: "30 1 \* \* \*"\)'):
        Schedule(text)


def test_a_schedule_of_many_pages_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 1000 characters"):
        Schedule("0-59/1," * 5_000 + "* * * * *")

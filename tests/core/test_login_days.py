"""Logins gathered into days."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from whotop.core.login_days import LoginDays


def us(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


def test_a_user_is_the_same_bit_on_every_day() -> None:
    days = LoginDays(UTC)
    for moment, user in [("2024-01-01T10:00", "ann"), ("2024-01-02T10:00", "bob"), ("2024-01-01T23:59", "bob")]:
        days.add(us(moment), user)
    found = {day.day.isoformat(): (day.users, day.logins) for day in days.days()}
    assert found == {"2024-01-01": (0b11, 2), "2024-01-02": (0b10, 1)}
    assert (days.first, days.last) == (date(2024, 1, 1), date(2024, 1, 2))


def test_a_day_is_one_of_the_zone() -> None:
    days = LoginDays(ZoneInfo("America/New_York"))
    days.add(us("2024-03-10T04:59"), "ann")
    days.add(us("2024-03-11T03:59"), "ann")
    days.add(us("2024-03-11T04:00"), "ann")
    assert [day.day.isoformat() for day in days.days()] == ["2024-03-09", "2024-03-10", "2024-03-11"]


def test_nobody_stretches_the_range_but_does_not_count() -> None:
    days = LoginDays(UTC)
    days.add(us("2024-01-01T10:00"), "")
    assert [(day.users, day.logins) for day in days.days()] == [(0, 0)]

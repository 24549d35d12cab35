from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.core.rules.judged import Judged
from whotop.core.rules.account_tables import HoursTable


def judged(**fields: object) -> Judged:
    return Judged(hours=HoursTable(on=True, **fields))  # type: ignore[arg-type]


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize("when", ["2026-11-03T08:30", "2026-11-03T12:00", "2026-11-06T17:59:59"])
def test_on_a_working_day_people_work(when: str) -> None:
    assert not judged().login(at(when))


@pytest.mark.parametrize("when", ["2026-11-03T08:29:59", "2026-11-03T18:00", "2026-11-07T12:00", "2026-11-08T09:00"])
def test_at_night_and_on_weekends_a_login_is_an_alert(when: str) -> None:
    assert judged().login(at(when))


def test_its_words_tell_when() -> None:
    (alert,) = judged().login(at("2026-11-08T03:12"))
    assert alert.text == "alice logged in on a Sunday at 03:12 from 10.0.0.7"
    assert alert.subject == "alice"


def test_the_hours_are_those_of_a_zone() -> None:
    assert not judged(time_zone="America/New_York").login(at("2026-11-03T22:30"))
    assert judged(time_zone="America/New_York").login(at("2026-11-03T12:30"))


def test_a_shift_past_midnight_is_of_the_day_on_which_it_began() -> None:
    night = {"hours": "22:00-06:00", "days": ("fri",)}
    assert not judged(**night).login(at("2026-11-06T23:00"))
    assert not judged(**night).login(at("2026-11-07T05:59"))
    assert judged(**night).login(at("2026-11-07T23:00"))
    assert judged(**night).login(at("2026-11-06T05:00"))


@pytest.mark.parametrize("hours", ["8-18", "08:00", "08:00-25:00", "08:00-08:00", "", "24:00-08:00"])
def test_hours_that_are_none_are_named(hours: str) -> None:
    ((field, what),) = HoursTable(hours=hours).faults()
    assert field == "hours"
    assert what == f'"{hours}" is no span of hours; write it like "08:30-18:00"'


def test_a_zone_that_nobody_knows_is_named() -> None:
    assert list(HoursTable(time_zone="Mars/Olympus").faults()) == [
        ("time_zone", '"Mars/Olympus" is no time zone; write it like "Europe/Berlin" or "UTC"')
    ]

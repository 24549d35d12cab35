from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from whotop.config.moments import parse_moment

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1_000_000)


NOW = at("2026-11-21T14:00:00+01:00")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-20 03:12", "2026-11-20T03:12:00+01:00"),
        ("2026-11-20T03:12:05.5Z", "2026-11-20T03:12:05.5+00:00"),
        ("2026-11-20", "2026-11-20T00:00:00+01:00"),
        ("2026-07-01 03:12", "2026-07-01T03:12:00+02:00"),
        ("03:12", "2026-11-21T03:12:00+01:00"),
        ("3:12", "2026-11-21T03:12:00+01:00"),
        ("14:00", "2026-11-21T14:00:00+01:00"),
        ("14:01", "2026-11-20T14:01:00+01:00"),
        ("-2h", "2026-11-21T12:00:00+01:00"),
        ("now", "2026-11-21T14:00:00+01:00"),
    ],
)
def test_a_moment_is_meant_in_the_viewers_zone_and_never_in_the_future(text: str, moment: str) -> None:
    assert parse_moment(text, NOW, BERLIN) == at(moment)


@pytest.mark.parametrize("text", ["", "yesterday", "25:00", "2026-02-30", "-2", "-x", "03:12 "[:3]])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no time|no unit|no length"):
        parse_moment(text, NOW, UTC)

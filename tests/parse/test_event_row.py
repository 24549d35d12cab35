"""The dates of rows, read one after the other, and rows that are alike."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from whotop.parse.event_row import RowReader, numbered, time_us_of

BERLIN = ZoneInfo("Europe/Berlin")
AUTUMN = datetime(2026, 10, 25, 1, 58)  # noqa: DTZ001  a local time, an hour before it repeats
forms = st.sampled_from(["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%SZ", " %Y-%m-%d %H:%M:%S"])


@given(st.lists(st.tuples(st.integers(0, 9000), forms), max_size=12))
def test_a_date_means_the_same_whatever_stood_before_it(steps: list[tuple[int, str]]) -> None:
    rows = RowReader("f", BERLIN)
    for seconds, form in steps:
        date = (AUTUMN + timedelta(seconds=seconds)).strftime(form)
        event = rows.event(1, [date, "login", "m", "ann", "", ""])
        assert event is not None
        assert event.time_us == time_us_of(date.strip(), BERLIN)


def test_equal_rows_are_numbered() -> None:
    rows = RowReader("f", BERLIN)
    events = (
        rows.event(1, ["2020-01-21 12:45:56", "login", "m", user, "", ""]) for user in ("ann", "ann", "bob", "ann")
    )
    assert [event.ordinal for event in numbered(event for event in events if event)] == [0, 1, 0, 2]

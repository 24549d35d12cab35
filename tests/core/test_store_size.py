"""How large a store will be: the figures of docs/store.md, for any fleet."""

from __future__ import annotations

import pytest

from whotop.core.store_size import DAY_SECONDS, HOUR_SECONDS, forecast

KEPT = {
    "raw_seconds": 2 * HOUR_SECONDS,
    "minute_seconds": 14 * DAY_SECONDS,
    "hour_seconds": 730 * DAY_SECONDS,
    "event_seconds": 400 * DAY_SECONDS,
}


def test_a_large_fleet_takes_what_the_page_on_the_store_says() -> None:
    parts = forecast([5.0] * 5_000, 50_000, 25_000, **KEPT)
    assert [part.size_bytes / 1e9 for part in parts] == pytest.approx([0.9, 4.4, 3.8, 7.4], abs=0.1)


def test_machines_that_are_seldom_sampled_take_less() -> None:
    often, seldom = (forecast([interval], 0, 0, **KEPT)[0].size_bytes for interval in (1.0, 60.0))
    assert often == 60 * seldom


def test_no_machine_takes_nothing() -> None:
    assert sum(part.size_bytes for part in forecast([], 0, 0, **KEPT)) == 0

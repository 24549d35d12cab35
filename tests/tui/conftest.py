from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.fake_feed import FakeFeed
from tests.tui.small_fleet import NOW_US, whole_fleet
from tests.tui.trial import Trial
from whotop.clock import ManualClock
from whotop.tui.app import WhotopApp
from whotop.tui.options import ScreenOptions


@pytest.fixture
def feed() -> FakeFeed:
    """A feed whose first batch is the small fleet."""
    feed = FakeFeed()
    feed.publish(whole_fleet())
    return feed


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW_US)


@pytest.fixture
def trial(feed: FakeFeed, clock: ManualClock, tmp_path: Path) -> Trial:
    """The app over that feed, with its clock standing still."""

    async def make_feed() -> FakeFeed:
        return feed

    app = WhotopApp(make_feed, clock=clock, options=ScreenOptions(table_folder=tmp_path))
    return Trial(app, feed, clock)

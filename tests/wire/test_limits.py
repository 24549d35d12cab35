"""What one machine may send in a span of time."""

from __future__ import annotations

import pytest

from whotop.errors import WireError
from whotop.wire.limits import BURST_SECONDS, SHARE_OF_A_CORE, Quota, Share


def test_within_its_burst_a_machine_is_not_held_up() -> None:
    quota = Quota(now=0.0, burst_bytes=1_000, bytes_per_second=100)
    assert quota.charge(1_000, now=0.0) == 0.0


def test_over_its_burst_reading_pauses_until_the_bucket_has_filled() -> None:
    quota = Quota(now=0.0, burst_bytes=1_000, bytes_per_second=100)
    assert quota.charge(1_500, now=0.0) == pytest.approx(5.0)
    assert quota.charge(0, now=5.0) == 0.0


def test_the_bucket_fills_with_time_and_no_higher_than_its_burst() -> None:
    quota = Quota(now=0.0, burst_bytes=1_000, bytes_per_second=100)
    quota.charge(1_000, now=0.0)
    assert quota.charge(500, now=5.0) == 0.0
    assert quota.charge(1_100, now=1_000.0) == pytest.approx(1.0)


def test_a_whole_burst_of_debt_breaks_the_protocol() -> None:
    quota = Quota(now=0.0, burst_bytes=1_000, bytes_per_second=100)
    with pytest.raises(WireError, match="sends too much"):
        quota.charge(2_001, now=0.0)


def test_a_clock_that_goes_back_takes_nothing_away() -> None:
    quota = Quota(now=10.0, burst_bytes=1_000, bytes_per_second=100)
    assert quota.charge(1_000, now=5.0) == 0.0


def test_a_machine_may_take_a_burst_of_our_time() -> None:
    assert Share(now=0.0).charge(BURST_SECONDS, now=0.0) == 0.0


def test_one_that_takes_more_than_its_share_is_read_more_slowly() -> None:
    share = Share(now=0.0)
    share.charge(BURST_SECONDS, now=0.0)
    pause_seconds = share.charge(1.0, now=0.0)
    assert pause_seconds == pytest.approx(1.0 / SHARE_OF_A_CORE)
    assert share.charge(0.0, now=pause_seconds) == pytest.approx(0.0)


def test_time_that_is_not_taken_is_kept_up_to_a_burst() -> None:
    share = Share(now=0.0)
    share.charge(BURST_SECONDS, now=0.0)
    assert share.charge(BURST_SECONDS, now=1_000_000.0) == 0.0
    assert share.charge(SHARE_OF_A_CORE, now=1_000_000.0) == pytest.approx(1.0)

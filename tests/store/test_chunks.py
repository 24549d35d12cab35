"""Condensed figures keep their meaning when they are packed, written in parts, and joined."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from whotop.clock import DAY_US, HOUR_US, MINUTE_US, SECOND_US
from whotop.core.feed import MinuteFigures
from whotop.store.chunks import HOUR_SECONDS, MINUTE_SECONDS, SPAN_US, chunk_start_us, condense, joined, pack, unpack

NOON_US = 1_763_726_400_000_000
percents = st.none() | st.integers(0, 1000).map(lambda tenths: tenths / 10)
loads = st.none() | st.integers(0, 10_000).map(lambda hundredths: hundredths / 100)


def minutes_of_noon() -> st.SearchStrategy[list[MinuteFigures]]:
    one = st.builds(
        MinuteFigures,
        time_us=st.integers(0, 59).map(lambda minute: NOON_US + minute * MINUTE_US),
        samples=st.integers(1, 60),
        cpu_mean=percents,
        cpu_max=percents,
        memory_mean=percents,
        swap_mean=percents,
        load_mean=loads,
        load_max=loads,
        disk_max=percents,
        sessions_max=st.integers(0, 500),
    )
    return st.lists(one, min_size=1, max_size=60, unique_by=lambda figures: figures.time_us)


def figures(minute: int, samples: int = 1, cpu: float | None = None) -> MinuteFigures:
    return MinuteFigures(NOON_US + minute * MINUTE_US, samples, cpu, cpu, None, None, None, None, None, samples)


@given(minutes_of_noon())
def test_an_hour_of_minutes_comes_back_in_order(minutes: list[MinuteFigures]) -> None:
    text = ",".join(pack(figures, MINUTE_SECONDS) for figures in minutes)
    assert unpack(text, NOON_US, MINUTE_SECONDS) == sorted(minutes, key=lambda figures: figures.time_us)


def test_a_minute_in_two_parts_is_one_minute_again() -> None:
    text = ",".join(pack(part, MINUTE_SECONDS) for part in (figures(3, 3, 10.0), figures(3, 1, 50.0)))
    (minute,) = unpack(text, NOON_US, MINUTE_SECONDS)
    assert (minute.time_us, minute.samples) == (NOON_US + 3 * MINUTE_US, 4)
    assert (minute.cpu_mean, minute.cpu_max) == (20.0, 50.0)


def test_means_leave_out_what_is_unknown() -> None:
    hour = condense([figures(0, 10, None), figures(1, 5, 40.0)], NOON_US)
    assert (hour.cpu_mean, hour.memory_mean, hour.samples, hour.sessions_max) == (40.0, None, 15, 10)


def test_minutes_join_into_the_hours_they_belong_to() -> None:
    hours = joined([figures(0), figures(59), figures(60)], HOUR_US)
    assert [(hour.time_us, hour.samples) for hour in hours] == [(NOON_US, 2), (NOON_US + HOUR_US, 1)]


@given(st.integers(0, 2**50), st.sampled_from([MINUTE_SECONDS, HOUR_SECONDS]))
def test_a_chunk_holds_its_own_time(time_us: int, resolution_seconds: int) -> None:
    start_us = chunk_start_us(time_us, resolution_seconds)
    assert start_us <= time_us < start_us + SPAN_US[resolution_seconds]


def test_a_packed_minute_takes_few_bytes() -> None:
    full = MinuteFigures(NOON_US + 42 * MINUTE_US, 12, 43.14159, 97.0, 61.23, 3.3, 0.823, 1.5, 91.0, 3)
    assert pack(full, MINUTE_SECONDS) == "[42,12,43.1,97.0,61.2,3.3,0.82,1.5,91.0,3]"
    assert SPAN_US[HOUR_SECONDS] == 30 * DAY_US
    assert SPAN_US[MINUTE_SECONDS] == 3600 * SECOND_US

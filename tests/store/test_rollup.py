"""Samples become one figure a minute."""

from __future__ import annotations

import pytest

from whotop.clock import MINUTE_US, SECOND_US
from whotop.core.feed import MinuteFigures
from whotop.model import Disk, Sample
from whotop.store.rollup import Rollup

NOON_US = 1_763_726_400_000_000


def reading(seconds: int, cpu: float | None = None, machine: str = "web-01") -> tuple[Sample, int]:
    disk = Disk(mount="/", size_bytes=10, available_bytes=1, used_percent=float(seconds))
    sample = Sample(
        machine=machine,
        time_us=NOON_US + seconds * SECOND_US,
        cpu_percent=cpu,
        memory_percent=50.0,
        load1=1.0,
        disks=(disk,),
    )
    return sample, seconds


def test_a_minute_ends_with_the_first_sample_of_the_next() -> None:
    rollup = Rollup()
    rollup.add([reading(0, cpu=10.0), reading(5, cpu=30.0), reading(59)])
    assert rollup.ended(10) == []
    rollup.add([reading(60)])
    assert rollup.ended(10) == [
        (
            "web-01",
            MinuteFigures(
                time_us=NOON_US,
                samples=3,
                cpu_mean=20.0,
                cpu_max=30.0,
                memory_mean=50.0,
                swap_mean=None,
                load_mean=1.0,
                load_max=1.0,
                disk_max=59.0,
                sessions_max=59,
            ),
        )
    ]


def test_ended_minutes_stay_until_they_are_written() -> None:
    rollup = Rollup()
    rollup.add([reading(0), reading(60), reading(120)])
    assert len(rollup.ended(1)) == 1
    assert len(rollup.ended(10)) == 2
    rollup.forget(1)
    assert [figures.time_us for _, figures in rollup.ended(10)] == [NOON_US + MINUTE_US]


def test_a_machine_that_falls_silent_ends_its_minute_too() -> None:
    rollup = Rollup()
    rollup.add([reading(30)])
    rollup.end_before(NOON_US + 59 * SECOND_US)
    assert rollup.ended(10) == []
    rollup.end_before(NOON_US + MINUTE_US)
    assert len(rollup.ended(10)) == 1
    assert rollup.unwritten("web-01") == [rollup.ended(10)[0][1]]


def test_what_is_not_written_yet_can_be_asked_for() -> None:
    rollup = Rollup()
    rollup.add([reading(0), reading(60), reading(0, machine="db-02")])
    assert [figures.time_us for figures in rollup.unwritten("web-01")] == [NOON_US, NOON_US + MINUTE_US]


@pytest.mark.parametrize("step_seconds", [-3600, -60, 3600])
def test_a_clock_that_is_set_ends_the_minute(step_seconds: int) -> None:
    rollup = Rollup()
    rollup.add([reading(0), reading(step_seconds), reading(step_seconds + 1)])
    assert [figures.samples for _, figures in rollup.ended(10)] == [1]

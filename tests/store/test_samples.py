"""A batch of samples is a text from which the same samples can be read again."""

from __future__ import annotations

import asyncio

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from whotop.clock import SECOND_US
from whotop.model import Disk, LastInput, Sample
from whotop.store.samples import REPEAT_US, SamplePacker, SampleReader

NOON_US = 1_763_726_400_000_000
IDS = {"web-01": 1, "db-02": 2}
NAMES = {number: name for name, number in IDS.items()}
DISKS = (Disk(mount="/", size_bytes=10**12, available_bytes=4 * 10**11, used_percent=55.5),)
SAMPLE = Sample(
    machine="web-01",
    time_us=NOON_US,
    cpu_percent=43.21,
    memory_percent=61.5,
    memory_total_bytes=16_000_000_000,
    load1=0.82,
    uptime_seconds=12.25,
    cpu_count=8,
    disks=DISKS,
    last_inputs=(LastInput("pts/3", NOON_US),),
)


def later(seconds: float, **changes: object) -> Sample:
    return msgspec.structs.replace(SAMPLE, time_us=NOON_US + round(seconds * SECOND_US), **changes)


def packed(packer: SamplePacker, samples: list[tuple[Sample, int]], ids: dict[str, int], time_us: int) -> str:
    return asyncio.run(packer.pack(samples, ids, time_us))


def round_trip(*samples: Sample) -> list[Sample]:
    packer, reader = SamplePacker(), SampleReader()
    return [
        sample
        for original in samples
        for sample in reader.unpack(packed(packer, [(original, 1)], IDS, NOON_US), NOON_US, NAMES)
    ]


def test_what_is_told_once_is_carried_forward() -> None:
    samples = [SAMPLE, later(5), later(10, cpu_percent=1.0)]
    assert round_trip(*samples) == samples


def test_what_changes_is_told_again() -> None:
    samples = [SAMPLE, later(5, disks=()), later(10, last_inputs=()), later(15, skew_us=7)]
    assert round_trip(*samples) == samples


def test_what_has_not_changed_takes_no_room() -> None:
    packer = SamplePacker()
    first, second = (packed(packer, [(sample, 1)], IDS, NOON_US) for sample in (SAMPLE, later(5)))
    assert '"/"' in first
    assert '"/"' not in second
    assert len(second) < 110


def test_a_reader_that_comes_later_knows_all_within_a_minute() -> None:
    packer, reader = SamplePacker(), SampleReader()
    packed(packer, [(SAMPLE, 1)], IDS, NOON_US)
    due = msgspec.structs.replace(SAMPLE, time_us=NOON_US + REPEAT_US)
    assert list(reader.unpack(packed(packer, [(due, 1)], IDS, NOON_US), NOON_US, NAMES)) == [due]


def test_after_a_batch_that_was_not_written_all_is_told_again() -> None:
    packer, reader = SamplePacker(), SampleReader()
    packed(packer, [(SAMPLE, 1)], IDS, NOON_US)
    packer.forget()
    assert list(reader.unpack(packed(packer, [(later(5), 1)], IDS, NOON_US), NOON_US, NAMES)) == [later(5)]


def test_machines_that_are_not_asked_for_are_left_out() -> None:
    other = msgspec.structs.replace(SAMPLE, machine="db-02")
    text = packed(SamplePacker(), [(SAMPLE, 1), (other, 1)], IDS, NOON_US)
    assert list(SampleReader().unpack(text, NOON_US, {2: "db-02"})) == [other]


def test_percentages_are_kept_to_two_decimals_and_rates_to_whole_bytes() -> None:
    (sample,) = round_trip(later(0, cpu_percent=100 / 3, received_bytes_per_second=1234.5678))
    assert (sample.cpu_percent, sample.received_bytes_per_second) == (33.33, 1235.0)


@given(
    st.builds(
        Sample,
        machine=st.just("web-01"),
        time_us=st.integers(0, 2**53),
        cpu_percent=st.none() | st.floats(),
        uptime_seconds=st.floats(),
        memory_total_bytes=st.integers(),
        disks=st.lists(
            st.builds(
                Disk,
                mount=st.text(),
                size_bytes=st.integers(),
                available_bytes=st.integers(),
                used_percent=st.floats(),
            ),
            max_size=3,
        ).map(tuple),
        last_inputs=st.lists(st.builds(LastInput, st.text(), st.integers())).map(tuple),
    )
)
def test_no_sample_whatever_it_holds_makes_a_batch_unreadable(sample: Sample) -> None:
    (found,) = round_trip(sample)
    assert (found.machine, found.time_us) == (sample.machine, sample.time_us)

"""The samples of one commit as one text, and back.

A row each would cost ten times as much to write. The text is a JSON array of arrays; what rarely
changes (disks, sizes, clock skew, when terminals last had input) is written when it changes and once
a minute, and carried forward by the reader. Percentages are kept to two decimals, rates to
whole bytes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from whotop.clock import MINUTE_US
from whotop.model import Disk, LastInput, Sample
from whotop.store.storable import json

REPEAT_US = MINUTE_US
"""How often what has not changed is written all the same: how far back a new reader has to look."""


SAMPLES_AT_ONCE = 300
"""Packed between two breaths of the loop: about 2 ms."""

LastInputs = Sequence[tuple[str, int]]


class Still(msgspec.Struct, frozen=True, array_like=True):
    """What rarely changes of a sample."""

    memory_total_bytes: int
    cpu_count: int
    skew_us: int
    disks: Sequence[tuple[str, int, int, float | None]]


class PackedSample(msgspec.Struct, frozen=True, array_like=True):
    """One sample. The view ``machine_statistics`` reads these by their place: add only at the end."""

    machine_id: int
    offset_us: int
    """From the batch's own time."""
    cpu_percent: float | None
    memory_percent: float | None
    swap_percent: float | None
    load1: float | None
    load5: float | None
    load15: float | None
    disk_percent: float | None
    received_bytes_per_second: float | None
    sent_bytes_per_second: float | None
    session_count: int
    uptime_seconds: float | None
    still: Still | None = None
    last_inputs: LastInputs | None = None


_decode = msgspec.json.Decoder(list[PackedSample]).decode


class SamplePacker:
    """Writes batches; knows what it has told of each machine."""

    def __init__(self) -> None:
        self._told: dict[str, _Told] = {}

    async def pack(self, samples: Sequence[tuple[Sample, int]], machine_ids: Mapping[str, int], time_us: int) -> str:
        """The text of a batch at ``time_us``. The loop may breathe between pages of it."""
        pages: list[str] = []
        for start in range(0, len(samples), SAMPLES_AT_ONCE):
            page = samples[start : start + SAMPLES_AT_ONCE]
            packed = [self._packed(sample, count, machine_ids[sample.machine], time_us) for sample, count in page]
            pages.append(json(packed)[1:-1])
            await asyncio.sleep(0)
        return f"[{','.join(pages)}]"

    def forget(self) -> None:
        """The last batch was not written after all: tell everything again."""
        self._told.clear()

    def _packed(self, sample: Sample, session_count: int, machine_id: int, time_us: int) -> PackedSample:
        told = self._told.get(sample.machine)
        still: Still | None
        last_inputs: LastInputs | None
        if told is None or sample.time_us - told.time_us >= REPEAT_US:
            told = self._told[sample.machine] = _Told(sample)
            still, last_inputs = _still(sample), _last_inputs(sample)
        else:
            still, last_inputs = told.news(sample)
        return PackedSample(
            machine_id,
            sample.time_us - time_us,
            _hundredths(sample.cpu_percent),
            _hundredths(sample.memory_percent),
            _hundredths(sample.swap_percent),
            sample.load1,
            sample.load5,
            sample.load15,
            told.disk_percent,
            _whole(sample.received_bytes_per_second),
            _whole(sample.sent_bytes_per_second),
            session_count,
            sample.uptime_seconds,
            still,
            last_inputs,
        )


class _Told:
    """What a reader knows of one machine by now, and since when all of it."""

    __slots__ = ("disk_percent", "disks", "last_inputs", "sizes", "time_us")

    def __init__(self, sample: Sample) -> None:
        self.time_us = sample.time_us
        self.disks, self.last_inputs, self.sizes = sample.disks, sample.last_inputs, _sizes(sample)
        self.disk_percent = _hundredths(sample.disk_percent)

    def news(self, sample: Sample) -> tuple[Still | None, LastInputs | None]:
        """Those parts of a sample that a reader does not know yet."""
        still = last_inputs = None
        disks_differ = sample.disks is not self.disks and sample.disks != self.disks
        if disks_differ or _sizes(sample) != self.sizes:
            self.disks, self.sizes = sample.disks, _sizes(sample)
            self.disk_percent = _hundredths(sample.disk_percent)
            still = _still(sample)
        if sample.last_inputs != self.last_inputs:
            self.last_inputs = sample.last_inputs
            last_inputs = _last_inputs(sample)
        return still, last_inputs


class SampleReader:
    """Reads batches in the order of their revisions; carries forward what rarely changes."""

    def __init__(self) -> None:
        self._still: dict[int, Still] = {}
        self._disks: dict[int, tuple[Disk, ...]] = {}
        self._last_inputs: dict[int, tuple[LastInput, ...]] = {}

    def unpack(self, text: str, time_us: int, names: Mapping[int, str]) -> Iterator[Sample]:
        """The samples of a batch; those of machines not among ``names`` are left out."""
        for packed in _decode(text):
            self._carry(packed)
            name = names.get(packed.machine_id)
            if name is not None:
                yield self._sample(packed, name, time_us)

    def _carry(self, packed: PackedSample) -> None:
        if packed.still is not None:
            self._still[packed.machine_id] = packed.still
            self._disks[packed.machine_id] = tuple(_disk(*disk) for disk in packed.still.disks)
        if packed.last_inputs is not None:
            self._last_inputs[packed.machine_id] = tuple(LastInput(*entry) for entry in packed.last_inputs)

    def _sample(self, packed: PackedSample, name: str, time_us: int) -> Sample:
        still = self._still.get(packed.machine_id, _UNKNOWN)
        return Sample(
            machine=name,
            time_us=time_us + packed.offset_us,
            cpu_percent=packed.cpu_percent,
            memory_percent=packed.memory_percent,
            memory_total_bytes=still.memory_total_bytes,
            swap_percent=packed.swap_percent,
            load1=packed.load1,
            load5=packed.load5,
            load15=packed.load15,
            cpu_count=still.cpu_count,
            uptime_seconds=packed.uptime_seconds or 0.0,
            received_bytes_per_second=packed.received_bytes_per_second,
            sent_bytes_per_second=packed.sent_bytes_per_second,
            disks=self._disks.get(packed.machine_id, ()),
            last_inputs=self._last_inputs.get(packed.machine_id, ()),
            skew_us=still.skew_us,
        )


_UNKNOWN = Still(0, 0, 0, [])


def _sizes(sample: Sample) -> tuple[int, int, int]:
    return sample.memory_total_bytes, sample.cpu_count, sample.skew_us


def _still(sample: Sample) -> Still:
    disks = [(disk.mount, disk.size_bytes, disk.available_bytes, disk.used_percent) for disk in sample.disks]
    return Still(*_sizes(sample), disks)


def _last_inputs(sample: Sample) -> LastInputs:
    return [(entry.tty, entry.time_us) for entry in sample.last_inputs]


def _disk(mount: str, size_bytes: int, available_bytes: int, used_percent: float | None) -> Disk:
    return Disk(mount=mount, size_bytes=size_bytes, available_bytes=available_bytes, used_percent=used_percent or 0.0)


def _hundredths(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _whole(value: float | None) -> float | None:
    return None if value is None else round(value, 0)

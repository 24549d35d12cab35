"""Sealing as the collector asks for it: nothing passes unsealed where the probe can seal."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from tests.collect.fake_machine import FIGURES, FakeProbe, MachineMaker, Script
from tests.collect.recording_sink import RecordingSink
from tests.hello import HELLO
from whotop.collect.collector import Collector
from whotop.model import Target
from whotop.wire.frames import FrameEncoder, preamble
from whotop.wire.messages import Goodbye

Collect = Callable[..., Collector]


async def answers_unsealed(far: FakeProbe) -> None:
    start = await far.start()
    far.process.stdout.write(preamble(start.nonce))
    far.send(HELLO)
    await far.received()


async def says_hello_unsealed(far: FakeProbe) -> None:
    far.answer(await far.start())
    far.process.stdout.write(FrameEncoder().encode(HELLO))
    await far.received()


async def is_replayed(far: FakeProbe) -> None:
    await far.greet()
    framed = far.encoder.encode(FIGURES)
    far.process.stdout.write(framed + framed)
    await far.received()


async def is_altered(far: FakeProbe) -> None:
    await far.greet()
    framed = far.encoder.encode(FIGURES)
    far.process.stdout.write(framed[:-1] + bytes([framed[-1] ^ 1]))
    await far.received()


async def speaks_after_its_goodbye(far: FakeProbe) -> None:
    await far.greet()
    far.send(Goodbye(), FIGURES)
    await far.received()


async def is_cut_off(far: FakeProbe) -> None:
    await far.greet()
    far.process.stdout.write(far.encoder.encode(FIGURES)[:-1])
    far.process.channel.close()


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (answers_unsealed, "the probe was asked to seal its frames, and does not"),
        (says_hello_unsealed, "a frame that is not sealed"),
        (is_replayed, "frame 2 came where 3 was due"),
        (is_altered, "a sealed frame that does not open: somebody altered it on its way"),
        (speaks_after_its_goodbye, "a frame after the goodbye"),
        (is_cut_off, "the probe's output ended in the middle of a frame, without a goodbye"),
    ],
)
async def test_what_is_not_as_it_was_sealed_ends_the_link_and_is_said_in_one_line(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect, script: Script, reason: str
) -> None:
    machine = await trusted(script)
    collect(machine.target())
    assert await sink.wait_for("lost") == reason


async def test_a_machine_that_seals_is_known_to(trusted: MachineMaker, sink: RecordingSink, collect: Collect) -> None:
    machine = await trusted()
    collect(machine.target())
    await sink.wait_for("hello")
    assert sink.sealed == {"db-02": True}


async def test_each_connection_is_offered_keys_of_its_own(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect
) -> None:
    offers = []

    async def script(far: FakeProbe) -> None:
        start = await far.greet()
        offers.append(start.seal)
        far.process.exit(1)

    machine = await trusted(script)
    collect(machine.target(), first_delay_seconds=0.01, slowest_delay_seconds=0.01)
    await sink.wait_for("lost", count=2)
    first, second = offers[:2]
    assert first is not None
    assert second is not None
    assert first.psk != second.psk
    assert first.public_key != second.public_key


async def test_what_is_in_the_store_is_not_told_to_a_probe_that_has_not_answered(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect
) -> None:
    async def script(far: FakeProbe) -> None:
        start = await far.start()
        collector.acknowledge("db-02", "wtmp", 384)
        far.answer(start)
        far.send(HELLO)
        await far.received()

    machine = await trusted(script)
    collector = collect(machine.target())
    await sink.wait_for("hello")
    assert sink.of("lost") == []


@pytest.mark.skipif(sys.platform != "linux", reason="the probe is for Linux")
async def test_the_real_probe_seals(sink: RecordingSink, collect: Collect) -> None:
    collect(Target(name="here", local=True, interval_seconds=0.5))
    await sink.wait_for("figures")
    assert sink.sealed == {"here": True}

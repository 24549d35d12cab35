from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.collect.fake_machine import FIGURES, FakeProbe, MachineMaker
from tests.collect.home import Home
from tests.collect.recording_sink import RecordingSink
from tests.hello import HELLO
from whotop import probe
from whotop.collect.collector import Collector
from whotop.errors import UnreachableError
from whotop.model import Target
from whotop.wire.messages import (
    Acknowledge,
    Answer,
    Cursor,
    FileIdentity,
    Goodbye,
    ProcessReport,
    Records,
    Request,
    Stop,
)

Collect = Callable[..., Collector]
Speak = Callable[[bytes], Awaitable[int]]


async def test_a_machine_is_connected_and_its_messages_are_handed_on_in_order(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect
) -> None:
    machine = await trusted()
    collect(machine.target())
    assert await sink.wait_for("figures") == FIGURES
    assert [kind for kind, _, _ in sink.calls] == ["connecting", "starting", "hello", "figures"]
    assert sink.of("hello") == [HELLO]
    assert machine.commands == [probe.LOADER]


async def test_the_start_frame_carries_the_cursors_and_the_interval(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect
) -> None:
    starts = []

    async def script(far: FakeProbe) -> None:
        starts.append(await far.greet())
        await far.received()

    cursor = Cursor(file=FileIdentity(device=1, inode=2, head=b"h"), offset=384, tail=b"t")
    sink.known_cursors = {"wtmp": cursor}
    machine = await trusted(script)
    collect(machine.target(interval_seconds=2.5), tick_ms=100, history_bytes=0)
    await sink.wait_for("hello")
    (start,) = starts
    assert (start.cursors, start.interval_ms, start.tick_ms) == ({"wtmp": cursor}, 2500, 100)
    assert start.history_bytes == 0
    assert len(start.nonce) == 32


async def test_what_is_in_the_store_is_acknowledged_to_the_machine_and_the_probe_is_told_of_the_end(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect
) -> None:
    heard: list[Any] = []

    async def script(far: FakeProbe) -> None:
        await far.greet()
        for number in range(3):
            cursor = Cursor(file=FileIdentity(device=1, inode=1, head=b""), offset=384 * (number + 1), tail=b"")
            far.send(Records(clock_us=1, origin="wtmp", data=bytes(384), start=384 * number, cursor=cursor))
        while True:
            heard.extend(await far.received())
            if isinstance(heard[-1], Stop):
                far.send(Goodbye(reason=b"asked to stop"))
                return

    machine = await trusted(script)
    collector = collect(machine.target())
    await sink.wait_for("records", count=3)
    collector.acknowledge("db-02", "wtmp", 768)
    collector.acknowledge("nobody", "wtmp", 768)
    collector.acknowledge("db-02", "wtmp", 1152)  # One piece alone waits for the next.
    await collector.close()
    assert heard == [Acknowledge(origin="wtmp", offset=768), Stop()]
    assert sink.of("lost") == []


@pytest.mark.parametrize(
    ("ends", "stored", "told"),
    [
        ((384, 768, 1152, 1536), (384, 1536), [1536]),
        ((384, 768, 0, 384, 768), (768,), [768]),
    ],
    ids=["the first alone and then the rest", "a file that was emptied meanwhile"],
)
async def test_no_piece_that_is_in_the_store_counts_as_under_way_for_ever(
    trusted: MachineMaker,
    sink: RecordingSink,
    collect: Collect,
    ends: tuple[int, ...],
    stored: tuple[int, ...],
    told: list[int],
) -> None:
    heard: list[Any] = []

    async def script(far: FakeProbe) -> None:
        await far.greet()
        for end in ends:
            cursor = Cursor(file=FileIdentity(device=1, inode=1, head=b""), offset=end, tail=b"")
            far.send(Records(clock_us=1, origin="wtmp", data=bytes(384), start=0, cursor=cursor))
        while not heard or not isinstance(heard[-1], Stop):
            heard.extend(await far.received())
        far.send(Goodbye(reason=b"asked to stop"))

    machine = await trusted(script)
    collector = collect(machine.target())
    await sink.wait_for("records", count=len(ends))
    for offset in stored:
        collector.acknowledge("db-02", "wtmp", offset)
    await collector.close()
    assert heard == [*(Acknowledge(origin="wtmp", offset=offset) for offset in told), Stop()]


async def test_the_processes_of_a_session_are_asked_for_and_answered(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect
) -> None:
    async def script(far: FakeProbe) -> None:
        await far.greet()
        (request,) = await far.received()
        assert isinstance(request, Request)
        assert request.pid == 42
        far.send(Answer(id=request.id, processes=(ProcessReport(stat=b"42 (bash) S", cmdline=b"-bash\0"),)))
        await far.received()

    machine = await trusted(script)
    collector = collect(machine.target())
    await sink.wait_for("hello")
    answer = await collector.processes("db-02", 42)
    assert answer.processes[0].cmdline == b"-bash\0"


async def test_a_question_to_a_machine_that_goes_away_is_answered_with_why(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect
) -> None:
    async def script(far: FakeProbe) -> None:
        await far.greet()
        await far.received()

    machine = await trusted(script)
    collector = collect(machine.target())
    await sink.wait_for("hello")
    with pytest.raises(UnreachableError, match="the connection ended before the answer"):
        await collector.processes("db-02", 42)
    with pytest.raises(UnreachableError, match="not watched"):
        await collector.processes("unheard-of", 42)


async def test_a_machine_that_went_away_is_connected_again(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect
) -> None:
    machine = await trusted()
    collect(machine.target())
    await sink.wait_for("hello")
    machine.connections[0].abort()
    # With a word of ours unread at the far end TCP says "reset" rather than "end".
    assert await sink.wait_for("lost") in {"connection lost", "connection reset"}
    await sink.wait_for("hello", count=2)


async def test_reconnect_drops_a_silent_machine_and_dials_at_once(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect
) -> None:
    machine = await trusted()
    collector = collect(machine.target(), first_delay_seconds=1000.0, slowest_delay_seconds=1000.0)
    await sink.wait_for("hello")
    collector.reconnect("db-02")
    assert await sink.wait_for("lost") == "silent for too long"
    await sink.wait_for("hello", count=2)


async def test_one_failing_machine_never_disturbs_another(
    machines: MachineMaker, home: Home, sink: RecordingSink, collect: Collect
) -> None:
    async def garbage(far: FakeProbe) -> None:
        await far.greet()
        far.process.stdout.write(os.urandom(100_000))
        await far.received()

    good, bad = await machines(), await machines(garbage)
    home.trust(good.known_hosts_line(), bad.known_hosts_line())
    collect(bad.target("bad"), good.target("good"))
    await sink.wait_for("lost", "bad", count=3)
    await sink.wait_for("hello", "good")
    assert sink.of("lost", "good") == []


async def test_a_fault_in_the_sink_ends_that_link_alone_and_is_logged(
    trusted: MachineMaker,
    sink: RecordingSink,
    collect: Collect,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("a fault")

    monkeypatch.setattr(sink, "figures", fail)
    machine = await trusted()
    collect(machine.target())
    assert "whotop could not handle its message: KeyError" in await sink.wait_for("lost")
    assert "a message could not be handled" in caplog.text


async def test_a_machine_may_be_added_and_removed_while_others_are_watched(
    machines: MachineMaker, home: Home, sink: RecordingSink, collect: Collect
) -> None:
    first, second = await machines(), await machines()
    home.trust(first.known_hosts_line(), second.known_hosts_line())
    collector = collect(first.target("first"))
    await sink.wait_for("hello", "first")
    collector.add(second.target("second"))
    await sink.wait_for("hello", "second")
    collector.remove("first")
    await first.connections[0].wait_closed()
    assert sink.of("lost") == []


async def test_many_machines_are_all_connected_within_the_limits(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect
) -> None:
    machine = await trusted()
    collect(*(machine.target(f"m{number}") for number in range(60)), reaching=8, exchanging=2)
    await sink.wait_for("figures", count=60)
    assert sink.of("lost") == []


async def test_a_silent_machine_holds_no_place_in_the_key_exchange(
    speak: Speak, trusted: MachineMaker, sink: RecordingSink, collect: Collect
) -> None:
    port = await speak(b"")
    machine = await trusted()
    mute = [Target(name=f"mute{number}", host="127.0.0.1", port=port) for number in range(5)]
    collect(*mute, machine.target(), exchanging=1, reach_seconds=0.5)
    await sink.wait_for("hello", "db-02")
    assert await sink.wait_for("lost", "mute0") == "it accepts connections but does not speak SSH"


async def test_a_machine_that_stalls_in_its_key_exchange_gives_up_its_place(
    speak: Speak, trusted: MachineMaker, sink: RecordingSink, collect: Collect
) -> None:
    port = await speak(b"SSH-2.0-tarpit\r\n")
    machine = await trusted()
    collect(Target(name="tarpit", host="127.0.0.1", port=port), machine.target(), exchanging=1, exchange_seconds=0.3)
    assert await sink.wait_for("lost", "tarpit") == "its key exchange took longer than 0 s"
    await sink.wait_for("hello", "db-02")


async def test_this_machine_is_watched_without_ssh(sink: RecordingSink, collect: Collect) -> None:
    collector = collect(Target(name="here", local=True, interval_seconds=0.5))
    hello = await sink.wait_for("hello")
    assert os.getpid() in hello.ancestors
    await sink.wait_for("sessions")
    await sink.wait_for("figures", count=2)
    answer = await collector.processes("here", os.getpid())
    assert any(b"python" in process.stat for process in answer.processes)

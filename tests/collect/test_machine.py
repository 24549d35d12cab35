from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.collect.recording_sink import RecordingSink
from whotop.clock import ManualClock
from whotop.collect.carriers import Link
from whotop.collect.conversation import Conversation
from whotop.collect.machine import STEADY_SECONDS, MachineWatch
from whotop.collect.settings import CollectSettings
from whotop.collect.starts import ProbeStart
from whotop.errors import AuthenticationError, ConfigError, HostKeyError, UnreachableError
from whotop.model import Target, Trouble


class FailingCarrier:
    """Fails with one error after the other, then keeps the machine waiting for ever."""

    def __init__(self, clock: ManualClock, errors: list[Exception], seconds_each: float = 0.0) -> None:
        self._clock, self._errors, self._seconds_each = clock, iter(errors), seconds_each
        self.is_waiting = asyncio.Event()

    async def connect(self) -> Link:
        self._clock.advance(self._seconds_each)
        for error in self._errors:
            raise error
        self.is_waiting.set()
        await asyncio.Event().wait()
        raise AssertionError


class DelaySink(RecordingSink):
    """Keeps how long each rest is to be."""

    def __init__(self) -> None:
        super().__init__()
        self.delays: list[float] = []

    def lost(self, machine: str, reason: str, *, retry_seconds: float, trouble: Trouble | None = None) -> None:
        super().lost(machine, reason, retry_seconds=retry_seconds, trouble=trouble)
        self.delays.append(retry_seconds)


@pytest.fixture(autouse=True)
def no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rests end at once: what matters is how long they were to be."""

    async def rest(_: MachineWatch, seconds: float) -> None:
        await asyncio.sleep(0)

    monkeypatch.setattr(MachineWatch, "_rest", rest)


async def delays(errors: list[Exception], seconds_each: float = 0.0, random: float = 1.0) -> DelaySink:
    clock, sink = ManualClock(), DelaySink()
    carrier = FailingCarrier(clock, errors, seconds_each)
    settings = CollectSettings(own_known_hosts=Path("unused"))
    watch = MachineWatch(Target(name="db-02"), carrier, sink, clock, settings, lambda: random)
    task = asyncio.create_task(watch.run())
    await carrier.is_waiting.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return sink


async def test_each_failure_doubles_the_rest_up_to_the_slowest_pace() -> None:
    sink = await delays([UnreachableError("connection refused")] * 9)
    assert sink.delays == [1, 2, 4, 8, 16, 32, 60, 60, 60]


async def test_rests_are_scattered_over_the_upper_half() -> None:
    sink = await delays([UnreachableError("connection refused")] * 3, random=0.0)
    assert sink.delays == [0.5, 1, 2]


async def test_a_connection_that_held_for_a_while_makes_the_next_failure_a_first_one() -> None:
    sink = await delays([UnreachableError("connection lost")] * 3, seconds_each=STEADY_SECONDS)
    assert sink.delays == [1, 1, 1]


@pytest.mark.parametrize("error", [HostKeyError("changed", changed=True), AuthenticationError("refused")])
async def test_what_needs_somebody_to_act_is_tried_at_the_slowest_pace(error: Exception) -> None:
    assert (await delays([error])).delays == [60]


async def test_a_mistake_in_ssh_config_is_shown_on_the_machines_row() -> None:
    sink = await delays([ConfigError("Match x is not known", file="config", place="3")])
    assert sink.of("lost") == ["config: 3: Match x is not known"]


async def test_a_fault_of_ours_is_that_machines_alone_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    sink = await delays([ZeroDivisionError("by zero")])
    assert sink.of("lost") == ["whotop failed: ZeroDivisionError('by zero')"]
    assert "failed unexpectedly" in caplog.text


class SilentLink:
    """Lets us in, and never opens a session."""

    server_version, user = "", "watcher"
    address = jump = ""
    is_closed = False

    async def begin(self, conversation: Conversation, start: ProbeStart) -> None:
        await asyncio.Event().wait()

    def close(self) -> None:
        self.is_closed = True


async def test_a_machine_that_never_opens_a_session_is_given_up() -> None:
    link, sink = SilentLink(), DelaySink()

    class Carrier:
        async def connect(self) -> Link:
            return link

    settings = CollectSettings(own_known_hosts=Path("unused"), hello_seconds=0.05)
    watch = MachineWatch(Target(name="db-02"), Carrier(), sink, ManualClock(), settings, lambda: 1.0)
    task = asyncio.create_task(watch.run())
    assert await sink.wait_for("lost") == "no session on the machine within 0 s"
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert link.is_closed

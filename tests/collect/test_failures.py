from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.collect.fake_machine import FIGURES, FakeProbe, MachineMaker, Script
from tests.collect.home import Home
from tests.collect.recording_sink import RecordingSink
from tests.hello import HELLO
from whotop.collect.collector import Collector
from whotop.errors import WireError
from whotop.model import Target
from whotop.wire import limits
from whotop.wire.limits import Quota
from whotop.wire.messages import Goodbye, Sessions

Collect = Callable[..., Collector]
Speak = Callable[[bytes], Awaitable[int]]


async def no_python(far: FakeProbe) -> None:
    far.process.stderr.write(b"no Python 3.6 or later\n")
    far.process.exit(127)


async def forced_command(far: FakeProbe) -> None:
    far.process.stdout.write(b"Welcome!\nBackup \x1b[31mdone.\n")
    far.process.exit(1)


async def nologin(far: FakeProbe) -> None:
    far.process.stdout.write(b"This account is currently not available.\n")
    far.process.exit(1)


async def restricted_shell(far: FakeProbe) -> None:
    far.process.stderr.write(b"rbash: line 1: exec: restricted\n")
    far.process.exit(1)


async def syntax_error(far: FakeProbe) -> None:
    """Of Python; then the shell, which is spoken to in lines, says nothing."""
    try:
        await far.start()
    except WireError:
        return
    far.process.stderr.write(b"Traceback\nSyntaxError: invalid syntax\n")
    far.process.exit(1)


async def out_of_memory(far: FakeProbe) -> None:
    far.process.stderr.write(b"Killed\n")
    far.process.exit(137)


async def nothing(far: FakeProbe) -> None:
    far.process.exit(0)


async def dies(far: FakeProbe) -> None:
    await far.greet()
    far.process.stderr.write(b"Killed: out of \x1b]0;memory\x07\n")
    far.process.exit(137)


async def dies_mute(far: FakeProbe) -> None:
    await far.greet()
    far.process.exit(9)


async def is_killed(far: FakeProbe) -> None:
    await far.greet()
    far.process.exit_with_signal("KILL")


async def says_goodbye(far: FakeProbe) -> None:
    await far.greet()
    far.send(Goodbye(reason=b"its parent has changed\x1b[2J"))
    far.process.exit(0)


async def speaks_garbage(far: FakeProbe) -> None:
    await far.greet()
    far.process.stdout.write(b"\xff" * 100)
    await far.received()


async def never_ends_its_noise(far: FakeProbe) -> None:
    await far.start()
    far.process.stdout.write(b"y\n" * 50_000)
    await far.received()


async def floods(far: FakeProbe) -> None:
    await far.greet()
    for _ in range(40):
        far.send(*[FIGURES] * 2_000)
        await far.process.stdout.drain()


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (no_python, "no probe runs there: Python: no Python 3.6 or later; sh: no Python 3.6 or later"),
        (
            forced_command,
            "something else than the probe answers (a forced command?): Backup \\x1b[31mdone.",
        ),
        (nologin, "the account may not log in (its shell is nologin): This account is currently not available."),
        (restricted_shell, "the account's login shell is a restricted one: rbash: line 1: exec: restricted"),
        (
            syntax_error,
            "no probe runs there: Python: SyntaxError: invalid syntax; sh: its connection was closed without a word",
        ),
        (out_of_memory, "the probe did not start: Killed"),
        (nothing, "the probe did not start: its connection was closed without a word"),
        (dies, "the probe died: Killed: out of \\x1b]0;memory\\x07"),
        (dies_mute, "the probe died: status 9"),
        (is_killed, "the probe died: killed by signal KILL"),
        (says_goodbye, "the probe ended: its parent has changed\\x1b[2J"),
        (speaks_garbage, "a frame of unknown type 255"),
        (
            never_ends_its_noise,
            "no answer from the probe in the first 64 KiB of its output (a shell start-up that writes?)",
        ),
    ],
)
async def test_what_went_wrong_with_the_probe_is_said_in_one_safe_line(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect, script: Script, reason: str
) -> None:
    machine = await trusted(script)
    collect(machine.target())
    assert await sink.wait_for("lost") == reason


async def test_a_banner_and_a_noisy_shell_do_no_harm(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect
) -> None:
    async def noisy(far: FakeProbe) -> None:
        far.process.stdout.write(b"Last login: yesterday\r\n" * 1_000)
        start = await far.start()
        far.process.stdout.write(b"\x00\xff whotop-probe/1 not-it\n")
        far.answer(start)
        far.send(HELLO)
        await far.received()

    machine = await trusted(noisy)
    collect(machine.target())
    await sink.wait_for("hello")


async def test_a_probe_that_never_says_hello_is_given_up(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect
) -> None:
    async def mute(far: FakeProbe) -> None:
        await far.start()
        await far.received()

    machine = await trusted(mute)
    collect(machine.target(), hello_seconds=0.2)
    assert (await sink.wait_for("lost")).startswith("no answer from the probe")


async def test_a_flood_is_read_no_faster_than_the_quota_allows(
    machines: MachineMaker, home: Home, sink: RecordingSink, collect: Collect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Quota.__init__, "__defaults__", (100_000, 1_000.0))
    flooding, well = await machines(floods), await machines()
    home.trust(flooding.known_hosts_line(), well.known_hosts_line())
    collector = collect(flooding.target("flooding"))
    await sink.wait_for("figures", count=2_000)
    collector.add(well.target("well"))
    await sink.wait_for("hello", "well")
    assert len(sink.of("figures", "flooding")) < 20_000


async def test_what_takes_long_to_understand_is_read_more_slowly_and_not_refused(
    machines: MachineMaker, home: Home, sink: RecordingSink, collect: Collect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BURST_SECONDS", 0.02)
    monkeypatch.setattr(limits, "SHARE_OF_A_CORE", 0.0001)
    costly, well = await machines(floods), await machines()
    home.trust(costly.known_hosts_line(), well.known_hosts_line())
    collector = collect(costly.target("costly"))
    await sink.wait_for("figures", count=1_000)
    collector.add(well.target("well"))
    await sink.wait_for("hello", "well")
    assert len(sink.of("figures", "costly")) < 40_000
    assert sink.of("lost") == []


async def test_standard_error_counts_too(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[int] = []
    is_full = asyncio.Event()

    async def complains_without_end(far: FakeProbe) -> None:
        await far.greet()
        while True:
            far.process.stderr.write(b"no\n" * 20_000)
            try:
                async with asyncio.timeout(1.0):
                    await far.process.stderr.drain()
            except TimeoutError:
                is_full.set()
                await far.received()
            taken.append(60_000)

    monkeypatch.setattr(Quota.__init__, "__defaults__", (50_000, 1.0))
    machine = await trusted(complains_without_end)
    collect(machine.target())
    async with asyncio.timeout(20):
        await is_full.wait()
    assert sum(taken) < 1_000_000
    assert sink.of("lost") == []


async def test_a_frame_that_opens_to_far_too_much_is_refused(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def sends_a_bomb(far: FakeProbe) -> None:
        await far.greet()
        far.send(Sessions(clock_us=1, boot_id=b"", utmp=bytes(500_000)))
        await far.received()

    monkeypatch.setattr(Quota.__init__, "__defaults__", (100_000, 1_000.0))
    machine = await trusted(sends_a_bomb)
    collect(machine.target())
    assert (await sink.wait_for("lost")).startswith("it sends too much")


async def test_a_machine_that_sends_a_little_too_much_is_read_more_slowly(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def sends_much(far: FakeProbe) -> None:
        await far.greet()
        for _ in range(10):
            far.send(*[FIGURES] * 100)
            await far.process.stdout.drain()
        await far.received()

    monkeypatch.setattr(Quota.__init__, "__defaults__", (40_000, 200_000.0))
    machine = await trusted(sends_much)
    collect(machine.target())
    await sink.wait_for("figures", count=1_001)
    assert sink.of("lost") == []


async def test_a_refused_port_and_a_name_that_does_not_exist_are_said(
    home: Home, sink: RecordingSink, collect: Collect
) -> None:
    collect(Target(name="refused", host="127.0.0.1", port=1), Target(name="nameless", host="no-such-name.invalid"))
    assert await sink.wait_for("lost", "refused") == "connection refused"
    assert await sink.wait_for("lost", "nameless") in {
        "no such host name",
        "its name cannot be looked up: Temporary failure in name resolution",
    }


async def test_something_that_is_no_ssh_server_is_said(
    speak: Speak, home: Home, sink: RecordingSink, collect: Collect
) -> None:
    port = await speak(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 2_000)
    collect(Target(name="web", host="127.0.0.1", port=port))
    assert "the machine closed the connection" in await sink.wait_for("lost")

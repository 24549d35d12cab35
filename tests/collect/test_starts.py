"""Which way of starting a probe is tried after which, and what is said when none works."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.collect.fake_machine import FIGURES, FakeProbe, MachineMaker, Script, greet_and_stay
from tests.collect.recording_sink import RecordingSink
from tests.hello import HELLO
from whotop import probe
from whotop.collect.collector import Collector
from whotop.wire.frames import preamble
from whotop.wire.messages import Goodbye

Collect = Callable[..., Collector]

OPENSSH = "OpenSSH_9.2p1 Debian-2"
SUDO_PYTHON = probe.through_sudo(probe.LOADER)
SUDO_SHELL = probe.through_sudo(probe.POSIX_LOADER)


def ends(status: int, complaint: bytes = b"", output: bytes = b"") -> Script:
    """A command that cannot be run: it reads nothing, says something, and ends."""

    async def script(far: FakeProbe) -> None:
        far.process.stdout.write(output)
        far.process.stderr.write(complaint)
        far.process.exit(status)

    return script


def by_command(scripts: dict[str, Script]) -> Script:
    """A machine on which some commands can be run, and no others."""

    async def script(far: FakeProbe) -> None:
        await scripts.get(far.process.command or "", ends(127, b"sh: not found\n"))(far)

    return script


async def shell_greets(far: FakeProbe) -> None:
    """The shell's probe: spoken to in lines; its openssl makes no envelopes."""
    size = int(await far.process.stdin.readline())
    await far.process.stdin.readexactly(size)
    certificate, words = [(await far.process.stdin.readline()).split() for _ in range(2)]
    assert (certificate[0], words[0]) == (b"certificate", b"start")
    far.process.stdout.write(preamble(words[2].decode()))
    far.send(HELLO, FIGURES)
    while await far.process.stdin.readline() not in (b"", b"stop\n"):
        pass
    far.send(Goodbye())


NO_PYTHON = ends(127, b"no Python 3.6 or later\n")
OLD_PYTHON = ends(126, b"Python 3.4 is too old: the probe needs 3.6\n")
BROKEN_PYTHON = ends(1, b"Traceback (most recent call last):\nModuleNotFoundError: No module named 'json'\n")
ANCIENT_PYTHON = ends(2, b"Unknown option: -I\nusage: python3 [option] ...\nTry `python -h' for more information.\n")
SUDO_REFUSES = ends(1, b"sudo: a password is required\n")


@pytest.mark.parametrize("python", [NO_PYTHON, OLD_PYTHON, BROKEN_PYTHON, ANCIENT_PYTHON])
async def test_where_no_python_runs_the_probe_the_shell_does(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect, python: Script
) -> None:
    machine = await trusted(by_command({probe.LOADER: python, probe.POSIX_LOADER: shell_greets}))
    collect(machine.target())
    await sink.wait_for("figures")
    assert machine.commands == [probe.LOADER, probe.POSIX_LOADER]
    assert len(machine.connections) == 1


@pytest.mark.parametrize(
    ("python", "note"),
    [
        (NO_PYTHON, ""),
        (OLD_PYTHON, "Python 3.4 is too old: the probe needs 3.6; its shell runs it"),
        (ANCIENT_PYTHON, "Python does not run there: it is too old: the probe needs 3.6; its shell runs the probe"),
        (
            BROKEN_PYTHON,
            "Python does not run there: ModuleNotFoundError: No module named 'json'; its shell runs the probe",
        ),
    ],
)
async def test_a_python_that_is_there_and_does_not_run_it_is_named(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect, python: Script, note: str
) -> None:
    machine = await trusted(by_command({probe.LOADER: python, probe.POSIX_LOADER: shell_greets}))
    collect(machine.target())
    await sink.wait_for("figures")
    assert sink.of("starting")[-1] == note


async def test_a_machine_that_is_given_a_python_runs_it_at_the_next_connection(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect
) -> None:
    scripts = {probe.LOADER: NO_PYTHON, probe.POSIX_LOADER: shell_greets}
    machine = await trusted(by_command(scripts))
    collector = collect(machine.target())
    await sink.wait_for("hello")
    scripts[probe.LOADER] = greet_and_stay
    collector.reconnect("db-02")
    await sink.wait_for("hello", count=2)
    assert machine.commands == [probe.LOADER, probe.POSIX_LOADER, probe.LOADER]


async def test_what_turned_out_to_be_windows_is_asked_for_powershell_at_once_the_next_time(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect
) -> None:
    machine = await trusted(by_command({probe.LOADER: ends(1, CMD), probe.WINDOWS_LOADER: powershell_greets}))
    collector = collect(machine.target())
    await sink.wait_for("hello")
    collector.reconnect("db-02")
    await sink.wait_for("hello", count=2)
    assert machine.commands == [probe.LOADER, probe.WINDOWS_LOADER, probe.WINDOWS_LOADER]


async def test_what_is_windows_no_longer_is_tried_as_any_other(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect
) -> None:
    scripts = {probe.LOADER: ends(1, CMD), probe.WINDOWS_LOADER: powershell_greets}
    machine = await trusted(by_command(scripts))
    collector = collect(machine.target())
    await sink.wait_for("hello")
    scripts |= {probe.LOADER: greet_and_stay, probe.WINDOWS_LOADER: ends(127)}
    collector.reconnect("db-02")
    await sink.wait_for("hello", count=2)
    assert machine.commands[-2:] == [probe.WINDOWS_LOADER, probe.LOADER]


async def test_a_machine_where_nothing_runs_says_why_in_one_line(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect
) -> None:
    machine = await trusted(by_command({probe.LOADER: NO_PYTHON, probe.POSIX_LOADER: ends(2, b"sh: dd: not found\n")}))
    collect(machine.target())
    assert await sink.wait_for("lost") == ("no probe runs there: Python: no Python 3.6 or later; sh: sh: dd: not found")


async def powershell_greets(far: FakeProbe) -> None:
    """The probe of Windows: spoken to in frames, and not sealed."""
    start = await far.start()
    assert start.seal is None
    far.process.stdout.write(preamble(start.nonce))
    far.send(HELLO, FIGURES)
    await far.received()


async def test_a_server_that_says_it_is_windows_is_asked_for_powershell_at_once(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect
) -> None:
    machine = await trusted(powershell_greets, server_version="OpenSSH_for_Windows_9.5")
    collect(machine.target(sudo=True))
    await sink.wait_for("hello")
    assert machine.commands == [probe.WINDOWS_LOADER]


CMD = b"'exec' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n"
CMD_IN_GERMAN = b'Der Befehl "exec" ist entweder falsch geschrieben oder\r\nkonnte nicht gefunden werden.\r\n'
POWERSHELL_5 = (
    b"exec : The term 'exec' is not recognized as the name of a cmdlet, function, script file, or operable program.\r\n"
)
POWERSHELL_IN_FRENCH = "Le terme «exec» n'est pas reconnu comme nom d'applet de commande\r\n".encode("cp850")


@pytest.mark.parametrize("answer", [CMD, CMD_IN_GERMAN, POWERSHELL_5, POWERSHELL_IN_FRENCH])
async def test_a_login_shell_that_answers_like_windows_is_asked_for_powershell(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect, answer: bytes
) -> None:
    machine = await trusted(by_command({probe.LOADER: ends(1, answer), probe.WINDOWS_LOADER: powershell_greets}))
    collect(machine.target())
    await sink.wait_for("hello")
    assert machine.commands == [probe.LOADER, probe.WINDOWS_LOADER]


@pytest.mark.parametrize(
    "refusal",
    [
        ends(1, b"", b"This account is currently not available.\n"),
        ends(1, b"rbash: line 1: exec: restricted\n"),
        ends(0, b"", b"backup done\n"),
        ends(1, b"sh: exec: permission denied\n"),
        ends(1, b"Permission denied\n"),
    ],
)
async def test_an_account_that_lets_nothing_run_is_not_tried_in_other_ways(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect, refusal: Script
) -> None:
    machine = await trusted(refusal)
    collect(machine.target(), slowest_delay_seconds=60, first_delay_seconds=60)
    await sink.wait_for("lost")
    assert machine.commands == [probe.LOADER]


async def test_where_it_is_asked_for_the_probe_runs_through_sudo(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect
) -> None:
    machine = await trusted(by_command({SUDO_PYTHON: greet_and_stay}))
    collect(machine.target(sudo=True))
    await sink.wait_for("hello")
    assert machine.commands == [SUDO_PYTHON]
    assert sink.of("starting") == [""]


@pytest.mark.parametrize(
    ("refusal", "note"),
    [
        (
            SUDO_REFUSES,
            "sudo -n is refused: a password is required (with visudo add: watcher ALL=(root) NOPASSWD: /bin/sh)",
        ),
        (
            ends(125, b"sudo: command not found\n"),
            "sudo -n is refused: command not found (with visudo add: watcher ALL=(root) NOPASSWD: /bin/sh)",
        ),
        (
            ends(1, b"sudo: sorry, you must have a tty to run sudo\n"),
            "sudo -n is refused: sorry, you must have a tty to run sudo "
            "(with visudo add: Defaults:watcher !requiretty)",
        ),
    ],
)
async def test_where_sudo_refuses_the_probe_runs_without_it_and_that_is_said(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect, refusal: Script, note: str
) -> None:
    machine = await trusted(by_command({SUDO_PYTHON: refusal, probe.LOADER: greet_and_stay}))
    collect(machine.target(sudo=True))
    await sink.wait_for("hello")
    assert machine.commands == [SUDO_PYTHON, probe.LOADER]
    assert sink.of("starting") == ["", note]


async def test_sudo_is_asked_again_at_the_next_connection(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect
) -> None:
    scripts = {SUDO_PYTHON: SUDO_REFUSES, probe.LOADER: greet_and_stay}
    machine = await trusted(by_command(scripts))
    collector = collect(machine.target(sudo=True))
    await sink.wait_for("hello")
    scripts[SUDO_PYTHON] = greet_and_stay
    collector.reconnect("db-02")
    await sink.wait_for("hello", count=2)
    assert sink.of("starting")[-1] == ""


async def test_root_without_python_has_the_shell_through_sudo(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect
) -> None:
    machine = await trusted(by_command({SUDO_PYTHON: NO_PYTHON, SUDO_SHELL: shell_greets}))
    collect(machine.target(sudo=True))
    await sink.wait_for("hello")
    assert machine.commands == [SUDO_PYTHON, SUDO_SHELL]

"""What the tests of the probe share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

from tests.probe.shell_probe import SHELLS, Begin, RunningShell, ShellMachine, installed
from tests.probe.spoken import SpokenProbe
from tests.probe.windows_machine import WindowsMachine, compiled
from whotop import probe
from whotop.probe.linux.frames import FrameWriter
from whotop.wire.frames import FrameEncoder, up_decoder
from whotop.wire.messages import Hello, Start
from whotop.wire.sealing import Recipient


class Collected(FrameWriter):
    """A writer that keeps the messages instead of sending them."""

    def __init__(self) -> None:
        super().__init__(-1)
        self.messages: list[dict[str, object]] = []

    def write(self, message: dict[str, object]) -> bool:
        self.messages.append(dict(message))
        return True


@pytest.fixture
def written() -> Collected:
    return Collected()


class Running(SpokenProbe):
    """Python's probe, which seals."""

    def __init__(self, command: list[str], interval_ms: int = 500) -> None:
        nonce = token_hex(16)
        recipient = Recipient(nonce, probe.source_digest())
        encoder, decoder = FrameEncoder(), up_decoder(nonce, recipient)
        super().__init__(command, encoder, decoder)
        self.write(probe.opening())
        self.send(Start(nonce=nonce, interval_ms=interval_ms, tick_ms=50, seal=recipient.offer))
        self.received.insert(0, self.next(Hello))
        assert decoder.seals is not None
        assert decoder.seals.down is not None
        encoder.seal_with(decoder.seals.down)


@pytest.fixture
def start() -> Iterator[Callable[[list[str]], Running]]:
    """Starts probes and ends them with the test."""
    started: list[Running] = []

    def begin(command: list[str]) -> Running:
        started.append(Running(command))
        return started[-1]

    yield begin
    for one in started:
        one.close()


@pytest.fixture
def running(start: Callable[[list[str]], Running]) -> Running:
    """A probe on this machine."""
    return start(["sh", "-c", probe.LOADER])


@pytest.fixture(scope="session")
def windows_program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compiled(tmp_path_factory.mktemp("windows"))


@pytest.fixture
def windows(windows_program: Path, tmp_path: Path) -> Iterator[WindowsMachine]:
    machine = WindowsMachine(windows_program, tmp_path)
    yield machine
    machine.close()


@pytest.fixture
def machine(tmp_path: Path) -> ShellMachine:
    """A machine for the shell's probe."""
    return ShellMachine(tmp_path)


@pytest.fixture
def begin(machine: ShellMachine) -> Iterator[Begin]:
    """Starts the shell's probe on it, and ends it with the test."""
    started: list[RunningShell] = []

    def start(shell: str = "dash", source: bytes = b"", **options: Any) -> RunningShell:
        started.append(RunningShell(shell, source or machine.source, **options))
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.fixture(params=list(SHELLS))
def shell(request: pytest.FixtureRequest) -> str:
    """Each that may be somebody's ``sh``."""
    name = str(request.param)
    if name not in installed():
        pytest.skip(f"there is no {name} here")
    return name

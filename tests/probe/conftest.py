"""What the tests of the probe share."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from secrets import token_hex
from typing import TypeVar

import pytest

from tests.probe.windows_machine import WindowsMachine, compiled
from whotop import probe
from whotop.probe.linux.frames import FrameWriter
from whotop.wire.frames import FrameEncoder, up_decoder
from whotop.wire.messages import Hello, Message, Start, Up
from whotop.wire.sealing import Recipient

MessageT = TypeVar("MessageT", bound=Message)


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


class Running:
    """A probe in a process of its own, spoken to as the collector does."""

    def __init__(self, command: list[str], interval_ms: int = 500) -> None:
        nonce = token_hex(16)
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
        )
        recipient = Recipient(nonce, probe.source_digest())
        self._encoder = FrameEncoder()
        self._decoder = up_decoder(nonce, recipient)
        self._received: list[Up] = []
        self._write(probe.opening())
        self.send(Start(nonce=nonce, interval_ms=interval_ms, tick_ms=50, seal=recipient.offer))
        self._received.insert(0, self.next(Hello))
        assert self._decoder.seals is not None
        assert self._decoder.seals.down is not None
        self._encoder.seal_with(self._decoder.seals.down)

    def send(self, message: Message) -> None:
        self._write(self._encoder.encode(message))

    def hang_up(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()

    def next(self, kind: type[MessageT]) -> MessageT:
        """The next message of a kind; others are put aside unread."""
        while True:
            while self._received:
                message = self._received.pop(0)
                if isinstance(message, kind):
                    return message
            assert self.process.stdout is not None
            data = self.process.stdout.read(65_536)
            assert data, f"the probe has ended: {self.complaint()}"
            self._received += self._decoder.feed(data)

    def complaint(self) -> str:
        assert self.process.stderr is not None
        return self.process.stderr.read().decode()

    def status(self) -> int:
        """The exit status, once it has ended by itself."""
        return self.process.wait(timeout=20)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()

    def _write(self, data: bytes) -> None:
        assert self.process.stdin is not None
        view = memoryview(data)
        while view:
            view = view[self.process.stdin.write(view) :]


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

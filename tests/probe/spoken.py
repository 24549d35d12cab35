"""A probe in a process of its own, spoken to as the collector does."""

from __future__ import annotations

import select
import subprocess
import time
from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from whotop.wire.frames import FrameDecoder
from whotop.wire.messages import Message, Up

MessageT = TypeVar("MessageT", bound=Message)

PATIENCE_SECONDS = 60
"""Longer than anything takes: a probe that says nothing fails its test, and does not hang it."""


class Encoder(Protocol):
    def encode(self, message: Message) -> bytes: ...


class SpokenProbe:
    """``said`` holds all that it has said, ``received`` what came behind the last message that was asked for."""

    def __init__(self, command: Sequence[str], encoder: Encoder, decoder: FrameDecoder[Up], **options: Any) -> None:
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0, **options
        )
        self.said: list[Up] = []
        self.received: list[Up] = []
        self._encoder, self._decoder = encoder, decoder

    def write(self, data: bytes) -> None:
        assert self.process.stdin is not None
        view = memoryview(data)
        while view:
            view = view[self.process.stdin.write(view) :]

    def send(self, message: Message) -> None:
        self.write(self._encoder.encode(message))

    def hang_up(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()

    def next(self, kind: type[MessageT]) -> MessageT:
        """The next message of a kind; others before it are passed over, and can be found in ``said`` alone."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            while self.received:
                message = self.received.pop(0)
                if isinstance(message, kind):
                    return message
            assert self.process.stdout is not None
            ready = select.select([self.process.stdout], [], [], max(deadline - time.monotonic(), 0))[0]
            assert ready, f"no {kind.__name__} in {PATIENCE_SECONDS} s"
            data = self.process.stdout.read(65_536)
            assert data, f"the probe has ended: {self.complaint()}"
            news = self._decoder.feed(data)
            self.said += news
            self.received += news

    def complaint(self) -> str:
        assert self.process.stderr is not None
        told: bytes = self.process.stderr.read()
        return told.decode()

    def status(self) -> int:
        """The exit status, once it has ended by itself."""
        return self.process.wait(timeout=PATIENCE_SECONDS)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()

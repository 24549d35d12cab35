"""A file that a probe follows, and what it sends of it."""

from __future__ import annotations

import os
import struct
from base64 import b64decode
from pathlib import Path
from typing import Any

from whotop.probe.linux.frames import FrameWriter
from whotop.probe.linux.framing import LineFraming, RecordFraming
from whotop.probe.linux.records import RecordWatch

HISTORY_BYTES = 7_680_000
SIZE = 384


def record(number: int, size: int = SIZE) -> bytes:
    """A record of the size given; its number stands where the process would."""
    return (struct.pack("<hxxi32s4s", 7, number, b"pts/0", b"ts/0") + b"user%d" % number).ljust(size, b"\0")


def numbers(data: bytes, size: int = SIZE) -> list[int]:
    return [int.from_bytes(data[at + 4 : at + 8], "little") for at in range(0, len(data), size)]


class Listener(FrameWriter):
    """Keeps what a watch sends."""

    def __init__(self) -> None:
        super().__init__(-1)
        self.pieces: list[dict[str, Any]] = []

    def write(self, message: dict[str, Any]) -> bool:
        self.pieces.append(message)
        return True

    @property
    def data(self) -> bytes:
        """All that was sent, but for what was sent as context."""
        return b"".join(b64decode(piece["data"]) for piece in self.pieces if not piece.get("context"))

    @property
    def context(self) -> bytes:
        return b"".join(b64decode(piece["data"]) for piece in self.pieces if piece.get("context"))

    @property
    def numbers(self) -> list[int]:
        return numbers(self.data)

    @property
    def cursor(self) -> Any:
        return self.pieces[-1]["cursor"]

    def flags(self, name: str) -> list[bool]:
        return [piece.get(name, False) for piece in self.pieces]


def begin(
    path: Path,
    cursor: Any = None,
    history_bytes: int = HISTORY_BYTES,
    framing: type[RecordFraming] | type[LineFraming] = RecordFraming,
) -> tuple[RecordWatch, Listener]:
    """Follow a file from a cursor on, as after a restart."""
    listener = Listener()
    watch = RecordWatch(listener, path.name, os.fsencode(path), framing)
    watch.start(cursor, history_bytes)
    return watch, listener


def drain(watch: RecordWatch, listener: Listener, looks: int = 3) -> None:
    """Look and send, with everything acknowledged at once."""
    for _ in range(looks):
        watch.look()
        while watch.can_send:
            watch.send_piece()
            watch.acknowledge(listener.pieces[-1]["cursor"]["offset"])


def append(path: Path, *those: int) -> None:
    with path.open("ab") as file:
        file.write(b"".join(map(record, those)))


def read_all(path: Path, framing: type[RecordFraming] | type[LineFraming] = RecordFraming) -> Any:
    """Read the file to its end; the cursor that whotop then holds."""
    watch, listener = begin(path, framing=framing)
    drain(watch, listener)
    return listener.cursor

"""Opens a file of records, compressed or not, and reads it in pieces."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import stat
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any

from whotop.analyse.ownership import STANDARD_INPUT
from whotop.errors import InputError
from whotop.parse.pieces import PiecesFile

PIECE_BYTES = 1024 * 1024
TIMES_ITS_SIZE, BELIEVED_BYTES = 32, 2 * 1024 * 1024
"""What a compressed file is believed to open to: logs open to 10 or 20 times their size, bombs to 1,000 times."""

XZ_MEMORY_BYTES = 68 * 1024 * 1024
"""What ``xz -9`` needs to unpack is 65 MiB (xz(1)); a file may ask for 4 GB."""

MAGIC_BYTES = 6
UNREAD = {
    b"\x28\xb5\x2f\xfd": "zstd",
    b"PK\3\4": "zip",
    b"7z\xbc\xaf\x27\x1c": "7-Zip",
    b"\x04\x22\x4d\x18": "lz4",
    b"LZIP": "lzip",
    b"\x1f\x9d": "compress",
}
"""What compresses files and is not in every Python, by how such files begin (each format's own description)."""


class OpenedFile:
    """Bytes as they were written; ``written_us`` is when the last of them were, None for standard input."""

    def __init__(self, path: str, name: str, stack: ExitStack) -> None:
        self.written_us: int | None = None
        self._size = 0
        if path == STANDARD_INPUT:
            self._plain = _piped(sys.stdin.buffer)
        else:
            place = Path(path)
            plain = stack.enter_context(place.open("rb"))
            status = os.fstat(plain.fileno())
            self.written_us = status.st_mtime_ns // 1000
            self._size = status.st_size
            self._plain = plain if stat.S_ISREG(status.st_mode) else _piped(plain)
        opener = _opener(self._plain.peek(MAGIC_BYTES)[:MAGIC_BYTES], name)
        self._file: IO[bytes] = self._plain if opener is None else stack.enter_context(opener(self._plain))

    def beginning(self, size: int) -> bytes:
        """The first bytes: to be asked for before the pieces, which go on behind them."""
        return self._file.read(size)

    def ending(self, size: int) -> bytes:
        """The last bytes; nothing where only reading all of it would tell them."""
        if self._file is not self._plain or not self._plain.seekable():
            return b""
        place = self._plain.tell()
        self._plain.seek(max(self._size - size, 0))
        data = self._plain.read(size)
        self._plain.seek(place)
        return data

    def pieces(self) -> Iterator[bytes]:
        """The rest."""
        return iter(lambda: self._file.read(PIECE_BYTES), b"")

    @property
    def believed_bytes(self) -> int | None:
        """How long it may be where all of it is held in memory; None: as long as it is, for it is not compressed."""
        if self._file is self._plain:
            return None
        return max(BELIEVED_BYTES, TIMES_ITS_SIZE * self._size)

    @property
    def share(self) -> float:
        """How much of it is read, from 0 to 1."""
        return min(self._plain.tell() / self._size, 1.0) if self._size else 0.0


@contextmanager
def opened(path: str, name: str) -> Iterator[OpenedFile]:
    """Open a file; whatever keeps it from being read becomes an InputError with its ``name``."""
    try:
        with ExitStack() as stack:
            yield OpenedFile(path, name, stack)
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise InputError(getattr(error, "strerror", None) or str(error), file=name) from error


def _piped(source: IO[bytes]) -> io.BufferedReader:
    """What cannot be wound back, so that its first bytes are seen all together, however they come."""
    return io.BufferedReader(PiecesFile(iter(partial(source.read, PIECE_BYTES), b"")))


def _opener(beginning: bytes, name: str) -> Callable[[IO[bytes]], IO[bytes]] | None:
    """What reads a file that is compressed. Raises InputError where we cannot."""
    program = next((program for magic, program in UNREAD.items() if beginning.startswith(magic)), None)
    if program is not None:
        raise InputError(f"this is compressed with {program}, which is not read here: unpack it first", file=name)
    openers: dict[bytes, Callable[..., Any]] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\0": _xz_opened}
    return next((opener for magic, opener in openers.items() if beginning.startswith(magic)), None)


def _xz_opened(file: IO[bytes]) -> io.BufferedReader:
    """As ``lzma.open``, which sets no limit to the memory that a file may ask for."""
    return io.BufferedReader(PiecesFile(_unpacked(file)))


def _unpacked(file: IO[bytes]) -> Iterator[bytes]:
    """What is in one stream after the other, padding between them or not."""
    while packed := file.read(PIECE_BYTES).lstrip(b"\0"):
        while packed:
            stream = lzma.LZMADecompressor(lzma.FORMAT_XZ, XZ_MEMORY_BYTES)
            while not stream.eof:
                if not packed and stream.needs_input and not (packed := file.read(PIECE_BYTES)):
                    raise EOFError("it ends too early")
                piece, packed = stream.decompress(packed, PIECE_BYTES), b""
                yield piece
            packed = stream.unused_data.lstrip(b"\0")

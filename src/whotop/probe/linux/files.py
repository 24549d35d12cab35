"""Small files, read whole and never waited for."""

import os
import stat
from binascii import b2a_base64

READ_BYTES = 65536


def read_file(path: bytes, limit: int) -> bytes:
    """Give the first ``limit`` bytes of a regular file; nothing if it cannot be read."""
    try:
        # A FIFO lies beside each session file, and opening one blocks.
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    except OSError:
        return b""
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return b""
        return read_up_to(handle, limit)
    except OSError:
        return b""
    finally:
        os.close(handle)


def read_up_to(handle: int, limit: int) -> bytes:
    """Give at most ``limit`` bytes from where an open file stands."""
    pieces = []
    left = limit
    while left > 0:
        piece = os.read(handle, min(left, READ_BYTES))
        if not piece:
            break
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


class KeptFile:
    """A file of /proc that stays open: reading it again costs one call instead of three."""

    def __init__(self, path: bytes, limit: int) -> None:
        self._limit = limit
        try:
            self._handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            self._handle = -1

    def read(self) -> bytes:
        """Give what the file holds now; nothing if it cannot be read."""
        try:
            return os.pread(self._handle, self._limit, 0)
        except OSError:
            return b""


def file_names(folder: bytes) -> "list[bytes]":
    """Give the names in a folder; none if it cannot be read."""
    try:
        return os.listdir(folder)
    except OSError:
        return []


def base64_text(data: bytes) -> str:
    """Give ``data`` as JSON can hold it."""
    return b2a_base64(data, newline=False).decode("ascii")


def folded(line: bytes) -> bytes:
    """Give a line with its runs of spaces folded to one."""
    return b" ".join(line.split())

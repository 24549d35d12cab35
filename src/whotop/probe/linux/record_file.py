"""One file of records or lines: how long it is, whether it is the one that a cursor names."""

import os
import stat
from binascii import Error, a2b_base64

from whotop.probe.linux.digest import SPAN_BYTES, digest
from whotop.probe.linux.framing import LineFraming, Readable, RecordFraming

INODE_MASK = 2**63 - 1
"""Overlay file systems number in all 64 bits; the protocol has 63."""


class UnreadableFile(OSError):  # noqa: N818 - it says what it is of
    """There is such a file, but no reading it."""


class RecordFile(Readable):
    """One open file. The path may come to name another; this stays the same. Raises OSError."""

    def __init__(self, path: bytes, framing: "type[RecordFraming] | type[LineFraming]" = RecordFraming) -> None:
        self.handle = -1
        self.path = path
        self.handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
        found = os.fstat(self.handle)
        if not stat.S_ISREG(found.st_mode):
            raise UnreadableFile("no regular file")
        self.device = found.st_dev & INODE_MASK
        self.inode = found.st_ino & INODE_MASK
        self.whole = 0
        """Bytes of whole records or lines, when last looked at; 0 before."""
        self._size = -1
        self.framing = framing(self)

    def look(self) -> None:
        """Look how long it is now."""
        self.measured(os.fstat(self.handle).st_size)

    def measured(self, size: int) -> None:
        """Take note of its size."""
        if size != self._size:
            self._size = size
            self.whole = self.framing.whole(size, self.whole)

    def is_at(self, found: os.stat_result) -> bool:
        """Whether this is the file that was found there."""
        return (found.st_ino & INODE_MASK, found.st_dev & INODE_MASK) == (self.inode, self.device)

    def read(self, offset: int, count: int) -> bytes:
        """Give so many bytes from there; fewer at the end."""
        try:
            return os.pread(self.handle, count, offset)
        except OSError as error:
            raise UnreadableFile(str(error)) from error

    def head(self, offset: int) -> bytes:
        """Give the digest of its beginning, as far as that lies before ``offset``."""
        return digest(self.read(0, min(offset, SPAN_BYTES)))

    def tail(self, offset: int) -> bytes:
        """Give the digest of what lies before ``offset``."""
        start = max(offset - SPAN_BYTES, 0)
        return digest(self.read(start, offset - start))

    def continues(self, cursor: "dict[str, object]") -> bool:
        """Whether this is the file that a cursor names, and still holds what was read then.

        What it holds decides: devices are numbered anew at a boot, inodes are used again.
        """
        offset, named = cursor_offset(cursor), cursor.get("file")
        if not isinstance(named, dict):
            return False
        if offset == 0:
            return (self.device, self.inode) == (named.get("device"), named.get("inode"))
        return self.head(offset) == decoded(named.get("head")) and self.tail(offset) == decoded(cursor.get("tail"))

    def close(self) -> None:
        """Let it go."""
        handle, self.handle = self.handle, -1
        if handle >= 0:
            os.close(handle)

    def __del__(self) -> None:
        self.close()


def cursor_offset(cursor: "dict[str, object]") -> int:
    """Give how far a cursor's file has been read."""
    offset = cursor.get("offset")
    return offset if isinstance(offset, int) else 0


def decoded(digest_text: object) -> bytes:
    """Give the digest in a cursor; nothing where there is none."""
    try:
        return a2b_base64(str(digest_text))
    except Error:
        return b""

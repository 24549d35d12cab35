"""One file of login records: how long it is, whether it is the one that a cursor names."""

import os
import struct
from binascii import a2b_base64

from whotop.probe.linux.digest import SPAN_BYTES, digest
from whotop.probe.linux.files import file_names

NEIGHBOUR_LIMIT = 16
WIDE_MACHINES = ("aarch64", "riscv64", "loongarch64", "alpha", "ia64")
"""Where glibc's record has 64-bit times (__WORDSIZE_TIME64_COMPAT32 is 0) and takes 400 bytes."""
INODE_MASK = 2**63 - 1
"""Overlay file systems number in all 64 bits; the protocol has 63."""


def record_bytes(handle: int) -> int:
    """Give the size of a file's records: that of this machine's C library, unless the second record denies it.

    A 64-bit kernel may carry 32-bit programs, so the pointers of this Python count too.
    """
    is_wide = os.uname().machine in WIDE_MACHINES and struct.calcsize("P") == 8
    usual, other = (400, 384) if is_wide else (384, 400)
    if begins_record(os.pread(handle, 4, other)) and not begins_record(os.pread(handle, 4, usual)):
        return other
    return usual


def begins_record(start: bytes) -> bool:
    """Whether these 4 bytes are a type from 1 to 9 in either byte order, and two of padding."""
    return len(start) == 4 and start[2:] == b"\0\0" and 0 in start[:2] and 0 < start[0] + start[1] < 10


class RecordFile:
    """One open file of records. The path may come to name another; this stays the same."""

    def __init__(self, path: bytes) -> None:
        self.handle = -1
        self.path = path
        self.handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        found = os.fstat(self.handle)
        self.device = found.st_dev & INODE_MASK
        self.inode = found.st_ino & INODE_MASK
        self.record_bytes = record_bytes(self.handle)
        self.whole = 0
        """Bytes of whole records, when last looked at."""
        self.look()

    def look(self) -> None:
        """Look how long it is now."""
        self.measured(os.fstat(self.handle).st_size)

    def measured(self, size: int) -> None:
        """Take note of its size."""
        self.whole = size - size % self.record_bytes

    def is_at(self, found: os.stat_result) -> bool:
        """Whether this is the file that was found there."""
        return (found.st_ino & INODE_MASK, found.st_dev & INODE_MASK) == (self.inode, self.device)

    def head(self) -> bytes:
        """Give the digest of its beginning."""
        return digest(os.pread(self.handle, SPAN_BYTES, 0))

    def tail(self, offset: int) -> bytes:
        """Give the digest of what lies before ``offset``."""
        start = max(offset - SPAN_BYTES, 0)
        return digest(os.pread(self.handle, offset - start, start))

    def continues(self, cursor: "dict[str, object]") -> bool:
        """Whether this is the file that a cursor names, and still holds what was read then.

        What it holds decides: devices are numbered anew at a boot, inodes are used again.
        """
        offset, named = cursor_offset(cursor), cursor["file"]
        assert isinstance(named, dict)
        if offset == 0:
            return (self.device, self.inode) == (named["device"], named["inode"])
        if offset > os.fstat(self.handle).st_size:
            return False
        return self.head() == a2b_base64(named["head"]) and self.tail(offset) == a2b_base64(str(cursor["tail"]))

    def close(self) -> None:
        """Let it go."""
        handle, self.handle = self.handle, -1
        if handle >= 0:
            os.close(handle)

    def __del__(self) -> None:
        self.close()


def cursor_offset(cursor: "dict[str, object]") -> int:
    """Give how far a cursor's file has been read."""
    offset = cursor["offset"]
    assert isinstance(offset, int)
    return offset


def rotated_copy(path: bytes, cursor: "dict[str, object]") -> "RecordFile | None":
    """Find the file that a cursor names beside ``path``, as logrotate leaves it (``.1``, ``-20261101``)."""
    folder, name = os.path.split(path)
    beside = [one for one in file_names(folder) if one.startswith(name) and one[len(name) :].strip(b".-").isdigit()]
    likely_first = sorted(beside, reverse=True)
    likely_first.sort(key=lambda one: one != name + b".1")
    for one in likely_first[:NEIGHBOUR_LIMIT]:
        try:
            found = RecordFile(os.path.join(folder, one))
        except OSError:
            continue
        if found.continues(cursor):
            return found
        found.close()
    return None

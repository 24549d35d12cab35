"""Where pieces of a file may begin and end: at whole records, or at whole lines."""

import os
import struct

PIECE_BYTES = 57600
ALIGNMENT = 9600
"""Divided by both record sizes, 384 and 400."""
LONGEST_LINE_BYTES = PIECE_BYTES
"""A longer line is cut: nobody waits for its end."""
CONTEXT_BYTES = 131072
"""Some minutes of a busy log; three minutes is the longest that one attempt to log in takes."""
WIDE_MACHINES = ("aarch64", "riscv64", "loongarch64", "alpha", "ia64")
"""Where glibc's record has 64-bit times (__WORDSIZE_TIME64_COMPAT32 is 0) and takes 400 bytes."""


class RecordFraming:
    """Records of utmp(5): all of one size, each meaning something by itself."""

    context_bytes = 0

    def __init__(self, file: "Readable") -> None:
        self._record_bytes = record_bytes(file)

    def whole(self, size: int, known: int) -> int:
        """Give how many of a file's ``size`` bytes are whole records."""
        return size - size % self._record_bytes

    def end(self, start: int, stop: int) -> int:
        """Give where a piece ends that begins at ``start``; up to ``stop`` all is whole."""
        return min(start + PIECE_BYTES, stop)

    def beginning(self, offset: int) -> int:
        """Give the last beginning of a record up to ``offset``, whichever size it has."""
        return offset // ALIGNMENT * ALIGNMENT


class LineFraming:
    """Lines of a log; what one means may depend on those before it, so a restart shows some again."""

    context_bytes = CONTEXT_BYTES

    def __init__(self, file: "Readable") -> None:
        self._file = file

    def whole(self, size: int, known: int) -> int:
        """Give how many of a file's ``size`` bytes are whole lines, of which ``known`` were so before."""
        start = max(known if known <= size else 0, size - LONGEST_LINE_BYTES)
        newline = self._file.read(start, size - start).rfind(b"\n")
        if newline >= 0:
            return start + newline + 1
        return size if size - start >= LONGEST_LINE_BYTES else start

    def end(self, start: int, stop: int) -> int:
        """Give where a piece ends that begins at ``start``; up to ``stop`` all is whole."""
        if stop - start <= PIECE_BYTES:
            return stop
        newline = self._file.read(start, PIECE_BYTES).rfind(b"\n")
        return start + newline + 1 if newline >= 0 else start + PIECE_BYTES

    def beginning(self, offset: int) -> int:
        """Give the first beginning of a line from ``offset`` on."""
        if offset == 0:
            return 0
        newline = self._file.read(offset - 1, LONGEST_LINE_BYTES).find(b"\n")
        return offset + newline if newline >= 0 else offset


class Readable:
    """What framings look into."""

    def read(self, offset: int, count: int) -> bytes:
        """Give so many bytes from there; fewer at the end."""
        return b""


def record_bytes(file: Readable) -> int:
    """Give the size of a file's records: that of this machine's C library, unless the second record denies it.

    A 64-bit kernel may carry 32-bit programs, so the pointers of this Python count too.
    """
    is_wide = os.uname().machine in WIDE_MACHINES and struct.calcsize("P") == 8
    usual, other = (400, 384) if is_wide else (384, 400)
    if begins_record(file.read(other, 4)) and not begins_record(file.read(usual, 4)):
        return other
    return usual


def begins_record(start: bytes) -> bool:
    """Whether these 4 bytes are a type from 1 to 9 in either byte order, and two of padding."""
    return len(start) == 4 and start[2:] == b"\0\0" and 0 in start[:2] and 0 < start[0] + start[1] < 10

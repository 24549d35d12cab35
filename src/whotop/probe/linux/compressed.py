"""A rotated copy that has been compressed, read as the file that it was.

It opens to at most 128 MiB, a piece at a time and forwards; Python's module for its format is
loaded when there is one to read.
"""

import io

from whotop.probe.linux.digest import SPAN_BYTES
from whotop.probe.linux.framing import LineFraming, RecordFraming
from whotop.probe.linux.record_file import RecordFile

OPENED_LIMIT_BYTES = 134217728
STRIDE_BYTES = 65536
ENDINGS = (b".gz", b".xz", b".bz2")


def stream_of(path: bytes) -> "tuple[io.BufferedIOBase, tuple[type[Exception], ...]]":
    """Open a compressed file; gives what opens it, and what that raises when the file is broken."""
    if path.endswith(b".gz"):
        import gzip
        import zlib

        return gzip.open(path), (OSError, EOFError, zlib.error)
    if path.endswith(b".xz"):
        import lzma

        return lzma.open(path), (OSError, EOFError, MemoryError, lzma.LZMAError)
    import bz2

    return bz2.open(path), (OSError, EOFError, ValueError)


class CompressedCopy(RecordFile):
    """A file that grows no more. Reading backwards opens it anew from its beginning."""

    def __init__(self, path: bytes, framing: "type[RecordFraming] | type[LineFraming]" = RecordFraming) -> None:
        self.handle = -1
        self._stream, self._failures = stream_of(path)
        self._block = b""
        """What was read last; the stream stands behind it."""
        self._block_end = 0
        self._head = None  # type: bytes | None
        super().__init__(path, framing)

    def look(self) -> None:
        """Measure what it opens to, once; a broken file ends where it breaks."""
        if self._size >= 0:
            return
        size = 0
        while True:
            found = len(self.read(size, STRIDE_BYTES))
            size += found
            if found < STRIDE_BYTES:
                break
        self.measured(size)

    def is_at(self, found: object) -> bool:
        """Whether this is the file that was found there: no, nothing is written to it."""
        return False

    def read(self, offset: int, count: int) -> bytes:
        """Give so many of its opened bytes from there; fewer at the end."""
        count = min(count, OPENED_LIMIT_BYTES - offset)
        if count <= 0:
            return b""
        if not self._block_end - len(self._block) <= offset <= self._block_end:
            self._go_to(offset)
        known = self._block[len(self._block) - (self._block_end - offset) :]
        if len(known) < count:
            more = self._more(count - len(known))
            self._block = (self._block[-SPAN_BYTES:] if offset == self._block_end else known) + more
            known += more
        return known[:count]

    def _go_to(self, offset: int) -> None:
        try:
            self._block_end = self._stream.seek(offset)
        except self._failures:
            self._block_end = offset
        self._block = b""

    def _more(self, count: int) -> bytes:
        try:
            more = self._stream.read(count)
        except self._failures:
            more = b""
        self._block_end += len(more)
        return more

    def head(self, offset: int) -> bytes:
        """Give the digest of its beginning; remembered, because it is asked for with every piece."""
        if self._head is None or offset < SPAN_BYTES:
            self._head = super().head(offset)
        return self._head

    def close(self) -> None:
        """Let it go."""
        self._stream.close()
        super().close()

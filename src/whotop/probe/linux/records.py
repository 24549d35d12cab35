"""Files of login records, sent piece by piece from a cursor on; nothing is lost in a rotation.

A piece holds whole records: bytes of one that is not complete are left until they are.
"""

import os

from whotop.probe.linux.files import base64_text
from whotop.probe.linux.frames import FrameWriter
from whotop.probe.linux.record_file import RecordFile, cursor_offset, rotated_copy
from whotop.probe.linux.source import Source

ALIGNMENT = 9600
"""Divided by both record sizes, 384 and 400."""
PIECE_BYTES = 57600


class RecordWatch(Source):
    """Sends one origin's records, from where whotop left off to whatever is written next."""

    def __init__(self, writer: FrameWriter, origin: str, path: bytes) -> None:
        super().__init__(writer, origin)
        self._path = path
        self._file = None  # type: RecordFile | None
        self._offset = 0
        self._tail = b""
        self._news_from = 0
        """Offset from which records were written while we were here; before it, they are backlog or history."""
        self._is_first_contact = False
        self._is_replaced = False
        self._owes_cursor = False
        """Even an empty file is told of once, or its first record would be history at the next start."""

    def start(self, cursor: "dict[str, object] | None", history_bytes: int) -> None:
        """Find the place to begin: where the cursor points, or some history before the end."""
        self._file = self._opened()
        if cursor is not None and (self._file is None or not self._file.continues(cursor)):
            self._start_elsewhere(cursor)
        elif self._file is not None and cursor is not None:
            self._begin(self._file, cursor_offset(cursor), self._file.whole)
        elif self._file is not None:
            start = max(self._file.whole - history_bytes, 0) // ALIGNMENT * ALIGNMENT
            self._begin(self._file, start, self._file.whole)
            self._is_first_contact = self._owes_cursor = True

    def _start_elsewhere(self, cursor: "dict[str, object]") -> None:
        """The path names another file than the cursor does: rotated, or replaced."""
        old = rotated_copy(self._path, cursor)
        if old is not None:
            if self._file is not None:
                self._file.close()
            self._begin(old, cursor_offset(cursor), old.whole)
        elif self._file is not None:
            self._begin(self._file, 0, self._file.whole)
            self._is_replaced = cursor_offset(cursor) > 0
            self._owes_cursor = True

    def _opened(self) -> "RecordFile | None":
        try:
            return RecordFile(self._path)
        except OSError:
            return None

    def _begin(self, file: RecordFile, offset: int, news_from: int) -> None:
        self._file = file
        self._offset = offset
        self._tail = file.tail(offset)
        self._news_from = news_from

    def look(self) -> None:
        """See what has become of the file. To be called every tick."""
        if self._file is None:
            self._file = self._opened()
            if self._file is not None:
                self._begin(self._file, 0, 0)
            return
        try:
            found = os.stat(self._path)
        except OSError:
            found = None
        is_rotated = found is not None and not self._file.is_at(found)
        if found is None or is_rotated:
            self._file.look()
        else:
            self._file.measured(found.st_size)
        if self._file.whole < self._offset:
            self._start_again()
        elif is_rotated and self._file.whole == self._offset and not self._owes_cursor:
            self._follow_rotation()

    def _start_again(self) -> None:
        """The file is shorter than it was."""
        assert self._file is not None
        self._begin(self._file, 0, 0)
        self._is_first_contact = False
        self._is_replaced = self._owes_cursor = True

    def _follow_rotation(self) -> None:
        """Go on to the file that the path names now, once the old one has been sent to its end."""
        assert self._file is not None
        newer = self._opened()
        if newer is None:
            return
        backlog_before = newer.whole if self._file.path != self._path else 0
        self._file.close()
        self._begin(newer, 0, backlog_before)
        self._is_first_contact = self._is_replaced = False
        self._owes_cursor = True

    @property
    def has_piece(self) -> bool:
        """Whether there is something to send."""
        return self._file is not None and (self._file.whole > self._offset or self._owes_cursor)

    def send_piece(self) -> None:
        """Send the next piece."""
        assert self._file is not None
        if self._offset and self._file.tail(self._offset) != self._tail:
            # Shortened and grown again between two looks.
            self._start_again()
        end = min(self._offset + PIECE_BYTES, self._file.whole)
        if self._offset < self._news_from:
            end = min(end, self._news_from)
        data = os.pread(self._file.handle, end - self._offset, self._offset)
        self._send(data)

    def _send(self, data: bytes) -> None:
        assert self._file is not None
        start, self._offset = self._offset, self._offset + len(data)
        self._tail = self._file.tail(self._offset)
        marks = []
        if start < self._news_from or not data:
            marks.append("first_contact" if self._is_first_contact else "backlog")
        if self._is_replaced:
            marks.append("replaced")
        self._is_replaced = self._owes_cursor = False
        self.write(data, start, self._cursor(), tuple(marks))

    def _cursor(self) -> "dict[str, object]":
        assert self._file is not None
        named = {
            "device": self._file.device,
            "inode": self._file.inode,
            "head": base64_text(self._file.head()),
        }
        return {"file": named, "offset": self._offset, "tail": base64_text(self._tail)}

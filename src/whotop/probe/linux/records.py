"""A file of records or lines, sent piece by piece from a cursor on; nothing is lost in a rotation.

A piece holds whole records or lines: bytes of one that is not complete are left until they are.
What was not yet read when the file was rotated is looked for in the copies beside it. If the bytes
before the cursor are others and no copy holds them, the file was shortened or rewritten.
"""

import os
import time

from whotop.probe.linux.files import base64_text
from whotop.probe.linux.frames import FrameWriter
from whotop.probe.linux.framing import LineFraming, RecordFraming
from whotop.probe.linux.record_file import RecordFile, cursor_offset
from whotop.probe.linux.rotation import copies_from, copies_since
from whotop.probe.linux.source import Source

HISTORY_NS = 30 * 86400 * 1000000000
"""How old history may be."""


class RecordWatch(Source):
    """Sends one origin's records, from where whotop left off to whatever is written next."""

    def __init__(
        self,
        writer: FrameWriter,
        origin: str,
        path: bytes,
        framing: "type[RecordFraming] | type[LineFraming]" = RecordFraming,
    ) -> None:
        super().__init__(writer, origin)
        self._path = path
        self._framing = framing
        self._file = None  # type: RecordFile | None
        self._offset = 0
        self._head = self._tail = b""
        self._news_from = 0
        """Offset from which records were written while we were here; before it, they are backlog or history."""
        self._changed_ns = 0
        self._later = []  # type: list[tuple[RecordFile, int]]
        """Files that come after this one, each with the offset of its news."""
        self._is_first_contact = False
        self._is_replaced = False
        self._owes_context = False
        self._owes_cursor = False
        """Even an empty file is told of once, or its first record would be history at the next start."""

    # --- where to begin ------------------------------------------------------------------------

    def start(self, cursor: "dict[str, object] | None", history_bytes: int) -> None:
        """Find the place to begin: where the cursor points, or some history before the end."""
        present = self._opened()
        if cursor is None:
            self._start_with_history(present, history_bytes)
        elif present is not None and present.continues(cursor):
            self._begin(present, cursor_offset(cursor), present.whole)
            self._owes_context = self._offset > 0
        else:
            self._go_on_elsewhere(cursor, present, is_news=False)
            self._owes_context = self._offset > 0

    def _start_with_history(self, present: "RecordFile | None", history_bytes: int) -> None:
        files = [] if present is None else [present]
        missing_bytes = history_bytes - sum(file.whole for file in files)
        since_ns = int(time.time() * 1000000000) - HISTORY_NS
        files = copies_since(self._path, since_ns, missing_bytes, self._framing) + files
        if files:
            surplus_bytes = max(sum(file.whole for file in files) - history_bytes, 0)
            self._later = [(file, file.whole) for file in files[1:]]
            self._begin(files[0], files[0].framing.beginning(min(surplus_bytes, files[0].whole)), files[0].whole)
            self._is_first_contact = self._owes_cursor = True

    def _go_on_elsewhere(self, cursor: "dict[str, object]", present: "RecordFile | None", *, is_news: bool) -> None:
        """What the cursor names is no more at the path: go on with a copy of it, then with those after it."""
        files = copies_from(self._path, cursor, self._framing)
        for file in files:
            file.look()
        self._is_replaced = not files and present is not None and cursor_offset(cursor) > 0
        offset = cursor_offset(cursor) if files else 0
        files += [] if present is None else [present]
        if files:
            self._later = [(file, 0 if is_news else file.whole) for file in files[1:]]
            self._begin(files[0], offset, 0 if is_news else files[0].whole)
            self._owes_cursor = offset == 0
            self._follow()

    def _opened(self) -> "RecordFile | None":
        try:
            file = RecordFile(self._path, self._framing)
            file.look()
        except OSError:
            return None
        return file

    def _begin(self, file: RecordFile, offset: int, news_from: int) -> None:
        if self._file is not None and self._file is not file:
            self._file.close()
        self._file = file
        self._offset = offset
        self._head, self._tail = file.head(offset), file.tail(offset)
        self._news_from = news_from

    # --- what becomes of it --------------------------------------------------------------------

    def look(self) -> None:
        """See what has become of the file. To be called every other tick."""
        if self._file is None:
            self._file = self._opened()
            if self._file is not None:
                self._begin(self._file, 0, 0)
            return
        if self._later:
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
        if self._file.whole < self._offset or (found is not None and self._is_rewritten(found)):
            self._lose_the_place()
        elif found is not None and is_rotated and found.st_size and self._is_done:
            # Programs may write to the old file until they are told: it is left when the new one is written to.
            self._follow_rotation()

    def _is_rewritten(self, found: os.stat_result) -> bool:
        """Whether the file was written to, is no longer than before, and ends otherwise than it did."""
        if found.st_ctime_ns == self._changed_ns or not self._is_done or not self._offset:
            return False
        self._changed_ns = found.st_ctime_ns
        return self._file is not None and self._file.tail(self._offset) != self._tail

    @property
    def _is_done(self) -> bool:
        return self._file is not None and self._file.whole == self._offset and not self._owes_cursor

    def _lose_the_place(self) -> None:
        """The file holds no more what was read of it: it was emptied after being copied, or it was tampered with."""
        cursor = self._cursor()
        self._is_first_contact = False
        self._go_on_elsewhere(cursor, self._opened() or self._file, is_news=True)

    def _follow_rotation(self) -> None:
        """Go on to the file that the path names now, and before it to those that have come and gone."""
        newer = self._opened()
        if newer is None:
            return
        files = [*copies_from(self._path, self._cursor(), self._framing)[1:], newer]
        for file in files:
            file.look()
        self._later = [(file, 0) for file in files]
        self._is_first_contact = self._is_replaced = False
        self._follow()

    def _follow(self) -> None:
        """Go on to the next file, once this one has been sent to its end."""
        while self._later and self._is_done:
            file, news_from = self._later.pop(0)
            self._begin(file, 0, news_from)
            self._owes_cursor = True

    # --- what is sent --------------------------------------------------------------------------

    @property
    def has_piece(self) -> bool:
        """Whether there is something to send."""
        return self._file is not None and (self._file.whole > self._offset or self._owes_cursor)

    def send_piece(self) -> None:
        """Send the next piece."""
        assert self._file is not None
        if self._offset and self._file.tail(self._offset) != self._tail:
            # Shortened and grown again between two looks.
            self._lose_the_place()
        if self._owes_context:
            self._send_context()
        end = self._file.framing.end(self._offset, self._file.whole)
        if self._offset < self._news_from:
            end = min(end, self._news_from)
        self._send(self._file.read(self._offset, end - self._offset))
        self._follow()

    def _send_context(self) -> None:
        """Send again what stands before the cursor, where a line is understood by those before it."""
        assert self._file is not None
        self._owes_context = False
        framing = self._file.framing
        start = framing.beginning(max(self._offset - framing.context_bytes, 0))
        if framing.context_bytes and start < self._offset:
            data = self._file.read(start, self._offset - start)
            self.write(data, start, self._cursor(), ("context", "backlog"))

    def _send(self, data: bytes) -> None:
        start, self._offset = self._offset, self._offset + len(data)
        assert self._file is not None
        self._head, self._tail = self._file.head(self._offset), self._file.tail(self._offset)
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
            "head": base64_text(self._head),
        }
        return {"file": named, "offset": self._offset, "tail": base64_text(self._tail)}

    def close(self) -> None:
        """Let go of the files."""
        for file, _ in self._later:
            file.close()
        self._later = []
        if self._file is not None:
            self._file.close()
            self._file = None

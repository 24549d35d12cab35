"""What an origin that is no plain file has in common with the others: pieces, and a mark to go on from.

A mark is the place as the origin itself names it (a journal's cursor, a database's newest row). It
moves only with a piece, so what whotop has not in its store is sent again after a restart. Pieces
are numbered, and the number is what is acknowledged.
"""

from binascii import Error, a2b_base64

from whotop.probe.linux.files import base64_text
from whotop.probe.linux.source import Source

LINES_BYTES = 57600
"""A piece of whole lines ends behind this, or with the one line that passes it."""
LINE_LIMIT_BYTES = 65536
MARK_BYTES = 384
NO_FILE = {"device": 0, "inode": 0, "head": ""}


class MarkedSource(Source):
    """Numbers the pieces, and puts the mark into their cursors."""

    _number = 0

    def resume(self, cursor: "dict[str, object] | None") -> bytes:
        """Give the mark in a cursor, and go on counting there; nothing for a first contact."""
        if cursor is None:
            return b""
        number = cursor.get("offset")
        self._number = number if isinstance(number, int) else 0
        return mark_of(cursor)

    def write_lines(self, lines: bytes, mark: bytes, marks: "tuple[str, ...]" = ()) -> None:
        """Send whole lines; ``mark`` is where to go on after them."""
        start, self._number = self._number, self._number + 1
        cursor = {"file": NO_FILE, "offset": self._number, "tail": "", "mark": base64_text(mark)}
        self.write(lines, start, cursor, marks)


def mark_of(cursor: "dict[str, object]") -> bytes:
    """Give the mark in a cursor; nothing where there is none that could be right."""
    try:
        mark = a2b_base64(str(cursor.get("mark", "")))
    except Error:
        return b""
    return mark if len(mark) <= MARK_BYTES else b""

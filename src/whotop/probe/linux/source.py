"""What reads one origin of records and sends it piece by piece: the part that all such readers share.

Four pieces may be on their way; the next is sent when whotop has one of them in its store.
"""

import time

from whotop.probe.linux.files import base64_text
from whotop.probe.linux.frames import FrameWriter

PIECES_UNDERWAY = 4


class Source:
    """Reads one origin. The loop calls ``start`` once, ``look`` every other tick, then sends while it can."""

    handle = -1
    """A file descriptor that becomes readable with news, to wake the probe; -1: looking must do."""

    def __init__(self, writer: FrameWriter, origin: str) -> None:
        self.acknowledged = None  # type: dict[str, object] | None
        """The newest cursor that whotop has in its store."""
        self._writer = writer
        self._origin = origin
        self._underway = []  # type: list[dict[str, object]]

    def start(self, cursor: "dict[str, object] | None", history_bytes: int) -> None:
        """Find the place to begin: where the cursor points, or some history before the end."""

    def look(self) -> None:
        """See what has become of the origin, cheaply."""

    @property
    def has_piece(self) -> bool:
        """Whether there is something to send."""
        return False

    def send_piece(self) -> None:
        """Send the next piece."""

    def close(self) -> None:
        """Let go of what is open."""

    @property
    def can_send(self) -> bool:
        """Whether a piece waits, and may go."""
        return len(self._underway) < PIECES_UNDERWAY and self.has_piece

    def acknowledge(self, offset: int) -> None:
        """Whotop has all up to ``offset``."""
        for number in range(len(self._underway), 0, -1):
            # A file that was emptied has one offset twice: the later piece is meant.
            if self._underway[number - 1]["offset"] == offset:
                self.acknowledged = self._underway[number - 1]
                del self._underway[:number]
                return

    def write(self, data: bytes, start: int, cursor: "dict[str, object]", marks: "tuple[str, ...]" = ()) -> None:
        """Send a piece, which ends at ``cursor``; ``marks`` are those of docs/protocol.md."""
        message = {
            "type": "records",
            "clock_us": int(time.time() * 1000000),
            "origin": self._origin,
            "data": base64_text(data),
            "start": start,
            "cursor": cursor,
        }  # type: dict[str, object]
        for mark in marks:
            message[mark] = True
        if "context" not in marks:
            self._underway.append(cursor)
        self._writer.write(message)

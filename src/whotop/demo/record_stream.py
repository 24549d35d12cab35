"""One file of login records on its way to whoever is connected, in pieces and no faster than they are kept."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b

from whotop.wire.messages import Cursor, FileIdentity, Records

RECORD_BYTES = 384
PIECE_BYTES = RECORD_BYTES * 150
PIECES_UNDERWAY = 4


class RecordStream:
    """From where a connection begins: behind the cursor, or at a first contact with what history was asked for."""

    def __init__(self, origin: str, data: bytearray, cursor: Cursor | None, history_bytes: int) -> None:
        self._origin, self._data = origin, data
        self._is_first_contact = cursor is None
        self._news_from = len(data)
        """Offset from which records were written while this connection stood."""
        if cursor is None:
            self._sent = max(len(data) - history_bytes, 0) // RECORD_BYTES * RECORD_BYTES
        else:
            is_known = cursor.file == self._identity() and cursor.offset <= len(data)
            self._sent = cursor.offset if is_known else 0
        self._acknowledged = self._sent

    def acknowledge(self, offset: int) -> None:
        """All up to there is safe."""
        self._acknowledged = offset

    def due(self, clock_us: int) -> Iterator[Records]:
        """What may be sent now."""
        data = self._data
        while self._sent < len(data) and self._sent - self._acknowledged < PIECES_UNDERWAY * PIECE_BYTES:
            start = self._sent
            is_old = start < self._news_from
            self._sent = end = min(start + PIECE_BYTES, self._news_from if is_old else len(data))
            yield Records(
                clock_us=clock_us,
                origin=self._origin,
                data=bytes(data[start:end]),
                start=start,
                cursor=Cursor(file=self._identity(), offset=end, tail=_digest(data[max(end - RECORD_BYTES, 0) : end])),
                first_contact=is_old and self._is_first_contact,
                backlog=is_old and not self._is_first_contact,
            )

    def _identity(self) -> FileIdentity:
        return FileIdentity(device=1, inode=1, head=_digest(self._data[:RECORD_BYTES]))


def _digest(data: bytearray) -> bytes:
    return blake2b(bytes(data), digest_size=16).digest()
